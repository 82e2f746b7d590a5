# syntax=docker/dockerfile:1

# Built where the builder runs and not where the image will: what is published is the same for every platform.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source

# What decides on packages comes first: as long as it does not change, a build does not restore anew.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Atbb.AtProto/*.csproj src/Atbb.AtProto/packages.lock.json src/Atbb.AtProto/
COPY src/Atbb.Grains/*.csproj src/Atbb.Grains/packages.lock.json src/Atbb.Grains/
COPY src/Atbb.Grains.Interfaces/*.csproj src/Atbb.Grains.Interfaces/packages.lock.json src/Atbb.Grains.Interfaces/
COPY src/Atbb.Indexing/*.csproj src/Atbb.Indexing/packages.lock.json src/Atbb.Indexing/
COPY src/Atbb.SamplePds/*.csproj src/Atbb.SamplePds/packages.lock.json src/Atbb.SamplePds/
COPY src/Atbb.Silo/*.csproj src/Atbb.Silo/packages.lock.json src/Atbb.Silo/
RUN dotnet restore src/Atbb.Silo --locked-mode

COPY src/ src/
# No program of the builder's platform: the image's own "dotnet" runs it.
RUN dotnet publish src/Atbb.Silo -c Release --no-restore -p:UseAppHost=false -o /out/app \
    && mkdir /out/data

# The sample forum site, of which the service takes nothing: it is built where its target is asked for (docker build --target appview).
FROM build AS build-appview
COPY samples/ samples/
RUN dotnet restore samples/Atbb.AppView --locked-mode
RUN dotnet publish samples/Atbb.AppView -c Release --no-restore -p:UseAppHost=false -o /out/appview

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS appview
WORKDIR /app
COPY --from=build-appview /out/appview ./
ENV ASPNETCORE_HTTP_PORTS=
ENV ASPNETCORE_URLS=http://0.0.0.0:8080
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["dotnet", "Atbb.AppView.dll", "health"]
ENTRYPOINT ["dotnet", "Atbb.AppView.dll"]

# The service. No shell, no package manager, no root. Nor ICU: the project does without it (InvariantGlobalization).
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /out/app ./
# The folder of the embedded database, which this user may write to; a volume that is mounted here first takes that over.
COPY --from=build --chown=$APP_UID:$APP_UID /out/data ./data

# The base image names a port that Atbb:Admin:Url would overrule, with a warning at every start.
ENV ASPNETCORE_HTTP_PORTS=

USER $APP_UID
# The admin HTTP; other silos; clients. The first listens on the container's own loopback until Atbb__Admin__Url and Atbb__Admin__Token are set.
EXPOSE 5080 11111 30000
# The program asks itself: there is no curl. It finds address and token where the service does.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["dotnet", "atbb.dll", "health"]
ENTRYPOINT ["dotnet", "atbb.dll"]
CMD ["serve"]
