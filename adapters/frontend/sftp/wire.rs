//! SFTP version 3 on the wire: the eleven requests this client makes, and the six answers it takes.
//!
//! Names, paths and handles are bytes, as the protocol says: what they mean is somebody else's. Every length is judged
//! against what is really there before anything is made of it.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

/// The most bytes an answer may have, as OpenSSH has it: far more than any of ours asks for.
pub const PACKET_MAX: usize = 256 * 1024;
/// The most bytes a handle may have, by the protocol.
pub const HANDLE_MAX: usize = 256;

/// Status: done.
pub const OK: u32 = 0;
/// Status: nothing more.
pub const EOF: u32 = 1;
/// Status: no such file.
pub const NO_SUCH_FILE: u32 = 2;
/// Status: not allowed.
pub const PERMISSION_DENIED: u32 = 3;
/// Status: it failed, and version 3 has no word for why.
pub const FAILURE: u32 = 4;

/// Open to read.
pub const READ: u32 = 0x01;
/// Open to write.
pub const WRITE: u32 = 0x02;
/// Make it if it is not there.
pub const CREATE: u32 = 0x08;
/// Empty it.
pub const TRUNCATE: u32 = 0x10;

/// What this client asks. A rename is the protocol's own, which never replaces; there is no other here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request<'a> {
    Open { path: &'a [u8], flags: u32 },
    Close { handle: &'a [u8] },
    Read { handle: &'a [u8], at: u64, len: u32 },
    Write { handle: &'a [u8], at: u64, data: &'a [u8] },
    Lstat { path: &'a [u8] },
    Fstat { handle: &'a [u8] },
    Opendir { path: &'a [u8] },
    Readdir { handle: &'a [u8] },
    Remove { path: &'a [u8] },
    Mkdir { path: &'a [u8] },
    Rename { from: &'a [u8], to: &'a [u8] },
}

/// What a server answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// A status code. The words beside it are for people of the server, and not read.
    Status(u32),
    /// A handle.
    Handle(Bytes),
    /// Bytes of a file.
    Data(Bytes),
    /// Names of a directory.
    Names(Vec<Named>),
    /// What stands at a path.
    Attrs(Attrs),
}

/// One name of a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// The name.
    pub name: Bytes,
    /// What it is.
    pub attrs: Attrs,
}

/// What the server says of a file; anything may be left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attrs {
    /// Bytes.
    pub size: Option<u64>,
    /// Kind and permissions, as in Unix.
    pub mode: Option<u32>,
    /// Seconds since 1970.
    pub mtime: Option<u32>,
}

/// An answer outside the protocol, and what is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed(pub &'static str);

const INIT: u8 = 1;
const VERSION: u8 = 2;
const STATUS: u8 = 101;
const HANDLE: u8 = 102;
const DATA: u8 = 103;
const NAME: u8 = 104;
const ATTRS: u8 = 105;

const ATTR_SIZE: u32 = 0x1;
const ATTR_OWNER: u32 = 0x2;
const ATTR_MODE: u32 = 0x4;
const ATTR_TIMES: u32 = 0x8;
const ATTR_MORE: u32 = 0x8000_0000;

/// The first packet of a client.
pub fn put_init(out: &mut BytesMut) {
    out.put_u32(5);
    out.put_u8(INIT);
    out.put_u32(3);
}

/// Puts a request on the way.
pub fn put(id: u32, request: &Request<'_>, out: &mut BytesMut) {
    let start = out.len();
    out.put_u32(0);
    let (kind, first): (u8, &[u8]) = match request {
        Request::Open { path, .. } => (3, path),
        Request::Close { handle } => (4, handle),
        Request::Read { handle, .. } => (5, handle),
        Request::Write { handle, .. } => (6, handle),
        Request::Lstat { path } => (7, path),
        Request::Fstat { handle } => (8, handle),
        Request::Opendir { path } => (11, path),
        Request::Readdir { handle } => (12, handle),
        Request::Remove { path } => (13, path),
        Request::Mkdir { path } => (14, path),
        Request::Rename { from, .. } => (18, from),
    };
    out.put_u8(kind);
    out.put_u32(id);
    put_text(first, out);
    match request {
        Request::Open { flags, .. } => {
            out.put_u32(*flags);
            out.put_u32(0);
        }
        Request::Read { at, len, .. } => {
            out.put_u64(*at);
            out.put_u32(*len);
        }
        Request::Write { at, data, .. } => {
            out.put_u64(*at);
            put_text(data, out);
        }
        Request::Mkdir { .. } => out.put_u32(0),
        Request::Rename { to, .. } => put_text(to, out),
        Request::Close { .. }
        | Request::Lstat { .. }
        | Request::Fstat { .. }
        | Request::Opendir { .. }
        | Request::Readdir { .. }
        | Request::Remove { .. } => {}
    }
    let len = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(start..start + 4) {
        place.copy_from_slice(&len.to_be_bytes());
    }
}

fn put_text(text: &[u8], out: &mut BytesMut) {
    out.put_u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
    out.put_slice(text);
}

/// Cuts the next whole packet, without its length, off what has come. `None` where more must come first.
pub fn cut(come: &mut BytesMut) -> Result<Option<Bytes>, Malformed> {
    let Some(head) = come.first_chunk::<4>() else {
        return Ok(None);
    };
    let len = u32::from_be_bytes(*head) as usize;
    if len == 0 || len > PACKET_MAX {
        return Err(Malformed("a packet's length"));
    }
    if come.len() < 4 + len {
        return Ok(None);
    }
    come.advance(4);
    Ok(Some(come.split_to(len).freeze()))
}

/// The version that a server's first packet says. What else it offers is not used.
pub fn version(mut packet: Bytes) -> Result<u32, Malformed> {
    match (u8_of(&mut packet)?, u32_of(&mut packet)?) {
        (VERSION, version) => Ok(version),
        _ => Err(Malformed("the first packet is no version")),
    }
}

/// An answer, and the request it is for.
pub fn answer(mut packet: Bytes) -> Result<(u32, Answer), Malformed> {
    let kind = u8_of(&mut packet)?;
    let id = u32_of(&mut packet)?;
    let answer = match kind {
        STATUS => Answer::Status(u32_of(&mut packet)?),
        HANDLE => {
            let handle = text_of(&mut packet)?;
            if handle.len() > HANDLE_MAX {
                return Err(Malformed("a handle's length"));
            }
            Answer::Handle(handle)
        }
        DATA => Answer::Data(text_of(&mut packet)?),
        NAME => Answer::Names(names_of(&mut packet)?),
        ATTRS => Answer::Attrs(attrs_of(&mut packet)?),
        _ => return Err(Malformed("an answer of an unknown kind")),
    };
    Ok((id, answer))
}

fn u8_of(packet: &mut Bytes) -> Result<u8, Malformed> {
    packet.try_get_u8().map_err(|_| SHORT)
}

fn u32_of(packet: &mut Bytes) -> Result<u32, Malformed> {
    packet.try_get_u32().map_err(|_| SHORT)
}

fn text_of(packet: &mut Bytes) -> Result<Bytes, Malformed> {
    let len = u32_of(packet)? as usize;
    if len > packet.len() {
        return Err(SHORT);
    }
    Ok(packet.split_to(len))
}

fn names_of(packet: &mut Bytes) -> Result<Vec<Named>, Malformed> {
    let count = u32_of(packet)? as usize;
    // Name, long name and flags are 12 bytes at least: a count cannot ask for more room than the packet has.
    if count > packet.len() / 12 {
        return Err(Malformed("a count of names"));
    }
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        let name = text_of(packet)?;
        text_of(packet)?;
        let attrs = attrs_of(packet)?;
        names.push(Named { name, attrs });
    }
    Ok(names)
}

fn attrs_of(packet: &mut Bytes) -> Result<Attrs, Malformed> {
    let flags = u32_of(packet)?;
    let has = |flag: u32| flags & flag != 0;
    if flags & !(ATTR_SIZE | ATTR_OWNER | ATTR_MODE | ATTR_TIMES | ATTR_MORE) != 0 {
        return Err(Malformed("attributes of another version"));
    }
    let mut attrs = Attrs::default();
    if has(ATTR_SIZE) {
        attrs.size = Some(packet.try_get_u64().map_err(|_| SHORT)?);
    }
    if has(ATTR_OWNER) {
        u32_of(packet)?;
        u32_of(packet)?;
    }
    if has(ATTR_MODE) {
        attrs.mode = Some(u32_of(packet)?);
    }
    if has(ATTR_TIMES) {
        u32_of(packet)?;
        attrs.mtime = Some(u32_of(packet)?);
    }
    if has(ATTR_MORE) {
        for _ in 0..u32_of(packet)? {
            text_of(packet)?;
            text_of(packet)?;
        }
    }
    Ok(attrs)
}

const SHORT: Malformed = Malformed("a packet shorter than it says");

#[cfg(test)]
mod tests;
