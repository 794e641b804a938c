# The embedded Hub as a container: docs/pages/how-to/embedded-hub.md says how it is used.
FROM python:3.13-slim
COPY pyproject.toml README.md LICENSE /tagpress/
COPY src /tagpress/src
RUN pip install --no-cache-dir '/tagpress[hub]' && useradd --create-home hub && install -d -o hub /hub
USER hub
VOLUME /hub
EXPOSE 8790
ENTRYPOINT ["tagpress", "hub", "--hub-root", "/hub", "--host", "0.0.0.0", "--port", "8790"]
