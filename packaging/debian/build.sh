#!/bin/sh
# Makes tanghulu_VERSION_ARCH.deb from a binary that was already built and tested, the shipped configuration and the
# service's files. Nothing is compiled here, and the same input gives the same bytes (SOURCE_DATE_EPOCH).
set -eu

usage() {
    cat <<'USAGE'
packaging/debian/build.sh [--binary FILE] [--version V] [--arch A] [--out DIR] [--compression xz|gzip|none] [--keep-debug]

  --binary FILE      the program to ship; default: target/release/tanghulu
  --version V        default: the workspace's version in Cargo.toml
  --arch A           Debian's name of the machine; default: this one's
  --out DIR          where the package goes; default: target/debian
  --compression C    default: xz
  --keep-debug       ship the line tables too (large)
USAGE
}

fail() {
    echo "build.sh: $*" >&2
    exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
binary='' version='' arch='' out="$root/target/debian" compression=xz strip=yes

while [ $# -gt 0 ]; do
    case $1 in
    --binary | --version | --arch | --out | --compression)
        [ $# -ge 2 ] || fail "$1 needs a value"
        case $1 in
        --binary) binary=$2 ;;
        --version) version=$2 ;;
        --arch) arch=$2 ;;
        --out) out=$2 ;;
        --compression) compression=$2 ;;
        esac
        shift 2
        ;;
    --keep-debug) strip=no && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && fail "unknown: $1" ;;
    esac
done

[ -n "$binary" ] || binary=${CARGO_TARGET_DIR:-$root/target}/release/tanghulu
[ -f "$binary" ] && [ -x "$binary" ] || fail "no program at $binary: cargo build --release --locked, or say --binary"
command -v dpkg-deb >/dev/null || fail "dpkg-deb is missing: apt-get install dpkg"
[ "$strip" = no ] || command -v strip >/dev/null || fail "strip is missing: apt-get install binutils, or say --keep-debug"
if [ -z "$version" ]; then
    version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
fi
[ -n "$version" ] || fail "no version in Cargo.toml: say --version"
# 1.0.0-rc.1 comes before 1.0.0: Debian writes that with a tilde.
version=$(printf %s "$version" | tr '-' '~')
[ -n "$arch" ] || arch=$(dpkg --print-architecture)

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' HUP INT TERM
umask 022
chmod 0755 "$tree"

# put MODE SOURCE TARGET: one file, its folders made.
put() {
    mkdir -p "$tree$(dirname -- "$3")"
    install -m "$1" "$2" "$tree$3"
}

put 0755 "$binary" /usr/bin/tanghulu
[ "$strip" = no ] || strip --strip-debug "$tree/usr/bin/tanghulu"
put 0644 "$root/packaging/systemd/tanghulu.service" /usr/lib/systemd/system/tanghulu.service
put 0644 "$root/packaging/systemd/tanghulu.sysusers" /usr/lib/sysusers.d/tanghulu.conf
put 0644 "$root/packaging/systemd/tanghulu.tmpfiles" /usr/lib/tmpfiles.d/tanghulu.conf

# Configuration: readable by all (it holds references to secrets, never secrets), and the administrator's to keep.
mkdir -p "$tree/DEBIAN"
(cd "$root/config" && find . -type f -name '*.toml' | LC_ALL=C sort) | sed 's#^\./##' >"$tree/DEBIAN/files"
while IFS= read -r file; do
    put 0644 "$root/config/$file" "/etc/tanghulu/$file"
    echo "/etc/tanghulu/$file" >>"$tree/DEBIAN/conffiles"
done <"$tree/DEBIAN/files"
rm "$tree/DEBIAN/files"
[ -s "$tree/DEBIAN/conffiles" ] || fail "no configuration in $root/config"

# Documents: what is there of them.
for name in README.md ARCHITECTURE.md RELIABILITY.md BENCHMARKS.md CHANGELOG.md; do
    [ ! -f "$root/$name" ] || put 0644 "$root/$name" "/usr/share/doc/tanghulu/$name"
done
(cd "$root/docs" && find . -type f | LC_ALL=C sort) | sed 's#^\./##' | while IFS= read -r file; do
    put 0644 "$root/docs/$file" "/usr/share/doc/tanghulu/manual/$file"
done
put 0644 "$here/copyright" /usr/share/doc/tanghulu/copyright

for script in postinst prerm postrm; do
    put 0755 "$here/$script" "/DEBIAN/$script"
done

# The oldest libc that has everything the program asks for, read from the program itself.
libc=$(LC_ALL=C grep -aoE 'GLIBC_2\.[0-9]+' "$binary" | LC_ALL=C sort -Vu | tail -n 1)
libc=${libc#GLIBC_}
(cd "$tree" && find etc usr -type f | LC_ALL=C sort | xargs -d '\n' md5sum) >"$tree/DEBIAN/md5sums"
size=$(du -sk --apparent-size "$tree" | cut -f1)
cat >"$tree/DEBIAN/control" <<CONTROL
Package: tanghulu
Version: $version
Architecture: $arch
Maintainer: Tanghulu maintainers <maintainers@tanghulu.invalid>
Installed-Size: $size
Section: net
Priority: optional
Depends: libc6${libc:+ (>= $libc)}, libgcc-s1, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles
Recommends: ca-certificates
Description: keeps case data in step between a central platform and departments
 One daemon on a front-end machine carries cases between an exchange platform
 and department systems that cannot be changed: over their interface, a staging
 place, files carried by hand, or a clerk who keys them. One ledger knows where
 every case is; none is lost and none is booked twice.
CONTROL

# Every file of one date: two builds of one input are one package.
: "${SOURCE_DATE_EPOCH:=$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}"
export SOURCE_DATE_EPOCH
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$out"
package="$out/tanghulu_${version}_$arch.deb"
dpkg-deb --root-owner-group "-Z$compression" --build "$tree" "$package" >/dev/null
echo "$package"
