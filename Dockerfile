# Builds the distribution from the sources and runs it as a user without rights. docs/operations.md says how to use it.
FROM docker.io/library/maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# The embedded broker's jars stay out of the image: it runs the server, against your Kafka.
RUN --mount=type=cache,target=/root/.m2 \
    mvn --batch-mode --no-transfer-progress -Dmaven.test.skip=true -pl gateway/distribution -am package \
    && mv gateway/distribution/target/keyway-*/ /keyway \
    && rm -r /keyway/lib/dev

FROM docker.io/library/eclipse-temurin:17-jre
RUN groupadd --gid 10001 keyway \
    && useradd --uid 10001 --gid keyway --no-create-home --home-dir /var/lib/keyway \
        --shell /usr/sbin/nologin keyway \
    && install -d -o keyway -g keyway /var/lib/keyway
COPY --from=build /keyway /opt/keyway
# A container's loopback reaches nobody; the orchestrator decides which ports are published.
ENV PATH=/opt/keyway/bin:$PATH \
    KEYWAY_INGRESS__HOST=0.0.0.0 \
    KEYWAY_ADMIN__HOST=0.0.0.0 \
    KEYWAY_DATA_DIR=/var/lib/keyway
WORKDIR /var/lib/keyway
VOLUME /var/lib/keyway
USER 10001:10001
EXPOSE 8080 9070
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["keyway-health"]
ENTRYPOINT ["keyway"]
CMD ["server"]
