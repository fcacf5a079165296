#!/usr/bin/env bash
# Makes an image of the packaged program from what is on this machine, without a base image and without a network: a Java
# linked from the JDK that runs here, the libraries that it loads, and the jar. Prints the name of the image.
#
#   image.sh [JAR]
#
# Needs a JDK, ldd, tar and a container engine (docker). Quick when nothing has changed: the name says what is in the image, and
# the linked Java is kept in target/. Images that are a day old and not used are removed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
modules=$(cd "$here/../../../.." && pwd)
jar=${1:-$modules/server/target/cornucopia.jar}
repository=cornucopia-test
label=io.cornucopia.test
[ -f "$jar" ] || { echo "image.sh: there is no $jar: run ./mvnw -DskipTests package first" >&2; exit 1; }

java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
java=$("$java_home/bin/java" -XshowSettings:properties -version 2>&1 | cat - "$0" | sha256sum | cut -c 1-12)
image=$repository:$(sha256sum "$jar" | cut -c 1-12)-$java

if docker image inspect "$image" >/dev/null 2>&1; then
    echo "$image"
    exit 0
fi

# One at a time, since several test runs may begin together.
mkdir -p "$modules/acceptance/target"
exec 9>"$modules/acceptance/target/image.lock"
flock 9

runtime=$modules/acceptance/target/java-$java
if [ ! -d "$runtime" ]; then
    rm -rf "$modules"/acceptance/target/java-*
    # What the program and its libraries use; java.desktop alone would bring all of X11.
    "$java_home/bin/jlink" --no-header-files --no-man-pages --output "$runtime.new" --add-modules \
        java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.net,jdk.unsupported
    mv "$runtime.new" "$runtime"
fi

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{opt,etc,var/lib/cornucopia}
install -d -m 1777 "$tree/tmp"
cp -a "$runtime" "$tree/opt/java"
cp "$jar" "$tree/opt/cornucopia.jar"
printf 'root:x:0:0:root:/:/none\n' >"$tree/etc/passwd"
printf 'hosts: files dns\n' >"$tree/etc/nsswitch.conf"

# Each where the loader looks for it. The last four are asked for by native libraries in the jar, and by old C libraries.
{
    ldd "$runtime/bin/java"
    find "$runtime/lib" -name '*.so' -exec ldd {} +
} | grep -o '/[^ :]*' | grep -v "^$runtime" | sort -u | while read -r library; do
    mkdir -p "$tree$(dirname "$library")"
    cp -L "$library" "$tree$library"
done
for more in libdl.so.2 librt.so.1 libnss_files.so.2 libnss_dns.so.2; do
    library=$(ldconfig -p 2>/dev/null | sed -n "s/.*$more .*=> //p" | head -1)
    if [ -n "$library" ]; then
        mkdir -p "$tree$(dirname "$library")"
        cp -L "$library" "$tree$library"
    fi
done

tar -C "$tree" -c . | docker import \
    --change 'ENTRYPOINT ["/opt/java/bin/java", "-jar", "/opt/cornucopia.jar"]' \
    --change 'WORKDIR /var/lib/cornucopia' \
    --change "LABEL $label=" \
    - "$image" >/dev/null

# Not those of a test run that is under way elsewhere on this machine.
docker image prune --all --force --filter label="$label" --filter until=24h >/dev/null
echo "$image"
