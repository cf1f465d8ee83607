"""Lost passwords and lost second factors, mended by a letter, in person or by two people; e-mail addresses proved."""
