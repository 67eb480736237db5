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
RUN mkdir data && chown app data
USER app
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
VOLUME /app/data
HEALTHCHECK --start-period=20s CMD curl -fsS http://localhost:8080/health/ready > /dev/null || exit 1
ENTRYPOINT ["./Ketamine.Web"]
