"""moto's S3, one request at a time.

moto looks whether a key is there, and then makes it: of several threads that do so at once, more than one may find nothing.
What it is asked is therefore read to its end, and answered, under a lock, so that If-None-Match holds as it does at S3.
"""

import io
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

lock = threading.Lock()
moto = DomainDispatcherApplication(create_backend_app)


def in_turns(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    if len(body) < length:
        start_response("400 Bad Request", [("Content-Length", "0")])
        return [b""]
    environ["wsgi.input"] = io.BytesIO(body)
    with lock:
        answer = moto(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()


# Connections are kept, which saves half of the time.
MotoRequestHandler.protocol_version = "HTTP/1.1"
run_simple("127.0.0.1", int(sys.argv[1]), in_turns, threaded=True, request_handler=MotoRequestHandler)
