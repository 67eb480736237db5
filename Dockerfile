# Tags and not digests: a digest stays on the flaws that its image had. Where builds must be repeatable, pin both at release time to what
# `docker buildx imagetools inspect mcr.microsoft.com/dotnet/aspnet:10.0` prints; .github/dependabot.yml keeps a pinned digest current.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src src
# Native libraries for this platform alone: those for all eight weigh 250 MB.
RUN dotnet publish src/Ketamine.Web -c Release -o /app --use-current-runtime --no-self-contained -p:RestoreLockedMode=true && du -sh /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# For the health check.
RUN apt-get update -q && apt-get install -q -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app ./
COPY content content
RUN install -d -m 0700 -o app data
USER app
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
VOLUME /app/data
# Whether the process answers, and not whether it can take leads (/health/ready): a container that is restarted because a disk is full loses
# mails in flight and gains no room. Let the proxy or orchestrator read /health/ready.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD curl -fsS --max-time 4 -o /dev/null "http://localhost:${ASPNETCORE_HTTP_PORTS%%;*}/health/live" || exit 1
ENTRYPOINT ["./Ketamine.Web"]
