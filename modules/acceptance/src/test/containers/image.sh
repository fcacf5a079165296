#!/usr/bin/env bash
# Makes an image of the packaged program from what is on this machine, without a base image and without a network: the root of
# modules/image, and the jar. Prints the name of the image. What is shipped is made by ./mvnw -Pimage; this one needs no Maven.
#
#   image.sh [JAR]
#
# Needs a JDK, ldd, tar and a container engine (docker). Quick when nothing has changed: the name says what is in the image.
# Images that are a day old and not used are removed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
modules=$(cd "$here/../../../.." && pwd)
root=$modules/image/src/main/container/root.sh
jar=${1:-$modules/server/target/cornucopia.jar}
repository=cornucopia-test
label=io.cornucopia.test
[ -f "$jar" ] || { echo "image.sh: there is no $jar: run ./mvnw -DskipTests package first" >&2; exit 1; }

export JAVA_HOME=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
java=$("$JAVA_HOME/bin/java" -XshowSettings:properties -version 2>&1 | cat - "$0" "$root" | sha256sum | cut -c 1-12)
image=$repository:$(sha256sum "$jar" | cut -c 1-12)-$java

if docker image inspect "$image" >/dev/null 2>&1; then
    echo "$image"
    exit 0
fi

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
"$root" "$tree/root"
mkdir -p "$tree/root/opt/cornucopia"
cp "$jar" "$tree/root/opt/cornucopia/cornucopia.jar"

tar -C "$tree/root" -c . | docker import \
    --change 'ENTRYPOINT ["/opt/java/bin/java", "-jar", "/opt/cornucopia/cornucopia.jar"]' \
    --change 'WORKDIR /var/lib/cornucopia' \
    --change "LABEL $label=" \
    - "$image" >/dev/null

# Not those of a test run that is under way elsewhere on this machine.
docker image prune --all --force --filter label="$label" --filter until=24h >/dev/null
echo "$image"
