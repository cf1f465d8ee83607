"""How gunicorn serves the program: read by gunicorn itself, instead of any file of the current folder."""

import os

worker_class = "sync"
loglevel = "warning"
proc_name = "carte"
control_socket_disable = True
# A worker writes its heartbeat there: on a slow disk it would look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# Its access log would keep addresses and paths, its error log quotes the request it could not read.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "pathway.kernel.logs.ForeignLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
}
