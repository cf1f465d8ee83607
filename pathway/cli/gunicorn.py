"""How gunicorn serves the program: read by gunicorn itself, instead of any file of the current folder."""

import os

worker_class = "sync"
loglevel = "warning"
proc_name = "carte"
control_socket_disable = True
# A worker writes its heartbeat there: on a slow disk it would look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
