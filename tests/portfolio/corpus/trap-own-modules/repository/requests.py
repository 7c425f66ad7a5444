class Response:
    def json(self):
        return {"rows": []}


def get(address, params=None):
    return Response()
