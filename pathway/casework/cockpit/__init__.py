"""What a responsable looks at to steer: who waits, since when, how the work is shared; the territory’s, masked."""
