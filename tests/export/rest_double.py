"""Test server with the documented REST responses of TF Serving."""

import contextlib
import http.server
import json
import threading
import time


@contextlib.contextmanager
def answering(answers, delay=0.0):
    """Serve fixed answers.

    Args:
        answers: Dictionary from paths to `(code, text)`. Other paths get 404.
        delay: Seconds before each answer.

    Yields:
        The URL of a model `a`, and the list of received request bodies.
    """
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            time.sleep(delay)
            code, text = answers.get(self.path, (404, '{"error": "none"}'))
            self.send_response(code)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self):  # noqa: N802
            length = int(self.headers["Content-Length"])
            asked.append(json.loads(self.rfile.read(length)))
            self.do_GET()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("localhost", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://localhost:{server.server_port}/v1/models/a"
        yield url, asked
    finally:
        server.shutdown()
        server.server_close()
