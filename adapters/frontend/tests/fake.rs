//! An SFTP server in memory that does as a test tells it: wrong numbers, endless lists, lies, silence, death.
//!
//! It reads and writes the protocol by code of its own. Its handles are what a text cannot hold.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

pub const OPEN: u8 = 3;
pub const CLOSE: u8 = 4;
pub const READ: u8 = 5;
pub const WRITE: u8 = 6;
pub const LSTAT: u8 = 7;
pub const READDIR: u8 = 12;
pub const RENAME: u8 = 18;

/// What a client asks, as the test that listens sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    pub kind: u8,
    pub id: u32,
    /// The path, or that of the handle.
    pub path: Vec<u8>,
    /// How many of this kind came before, over all connections.
    pub nth: usize,
    /// Where in the file.
    pub at: u64,
}

/// What comes instead of the right answer.
pub enum Twist {
    /// Nothing else: the right answer.
    Right,
    /// It is not done, and this status is answered.
    Status(u32),
    /// It is not done, and these bytes are answered, whatever they are.
    Bytes(Vec<u8>),
    /// It is not done, and a packet of this kind and content is answered under the right number.
    Packet(u8, Vec<u8>),
    /// It is done, and answered only when so many answers wait: the last first.
    Hold(usize),
    /// It is not done and never answered.
    Silence,
    /// The line breaks before it is done.
    Die,
    /// The line breaks after it is done, without an answer.
    DoAndDie,
}

type Twister = Box<dyn FnMut(&Asked) -> Twist + Send>;

/// What stands at a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Node {
    File(Vec<u8>),
    Dir,
    Link,
}

/// What a handle stands for.
struct Opened {
    path: Vec<u8>,
    /// Names of a directory that were not listed yet.
    names: VecDeque<Vec<u8>>,
}

#[derive(Default)]
struct Inside {
    nodes: BTreeMap<Vec<u8>, Node>,
    open: BTreeMap<Vec<u8>, Opened>,
    seen: Vec<Asked>,
    handles: u32,
    /// A rename replaces what stands there.
    replaces: bool,
}

/// The server's inside, shared with the test.
#[derive(Clone)]
pub struct Fake {
    inside: Arc<Mutex<Inside>>,
    twister: Arc<Mutex<Twister>>,
}

impl Fake {
    pub fn new() -> Self {
        Self {
            inside: Arc::default(),
            twister: Arc::new(Mutex::new(Box::new(|_| Twist::Right))),
        }
    }

    pub fn dir(self, path: &str) -> Self {
        self.put(path.as_bytes(), Node::Dir);
        self
    }

    pub fn put(&self, path: &[u8], node: Node) {
        self.inside.lock().unwrap().nodes.insert(path.to_vec(), node);
    }

    pub fn replaces(&self) {
        self.inside.lock().unwrap().replaces = true;
    }

    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        match self.inside.lock().unwrap().nodes.get(path.as_bytes()) {
            Some(Node::File(bytes)) => Some(bytes.clone()),
            _ => None,
        }
    }

    pub fn twist(&self, twister: impl FnMut(&Asked) -> Twist + Send + 'static) {
        *self.twister.lock().unwrap() = Box::new(twister);
    }

    pub fn right(&self) {
        self.twist(|_| Twist::Right);
    }

    /// What was asked since this was last called.
    pub fn seen(&self) -> Vec<Asked> {
        std::mem::take(&mut self.inside.lock().unwrap().seen)
    }

    pub fn open_handles(&self) -> usize {
        self.inside.lock().unwrap().open.len()
    }

    /// Serves one line until it ends.
    pub async fn serve(self, mut line: impl AsyncRead + AsyncWrite + Unpin + Send) {
        let mut nth: BTreeMap<u8, usize> = BTreeMap::new();
        for asked in &self.inside.lock().unwrap().seen {
            *nth.entry(asked.kind).or_default() += 1;
        }
        let mut held: Vec<Vec<u8>> = Vec::new();
        while let Ok(len) = line.read_u32().await {
            let mut packet = vec![0; len as usize];
            if line.read_exact(&mut packet).await.is_err() {
                return;
            }
            if packet[0] == 1 {
                let version = [&5_u32.to_be_bytes()[..], &[2], &3_u32.to_be_bytes()].concat();
                line.write_all(&version).await.unwrap();
                continue;
            }
            let (asked, mut rest) = self.asked(&packet, &mut nth);
            let twist = (self.twister.lock().unwrap())(&asked);
            let right = |fake: &Self, rest: &mut Rest<'_>| framed(asked.id, fake.act(&asked, rest));
            let answer = match twist {
                Twist::Right => right(&self, &mut rest),
                Twist::Status(code) => framed(asked.id, status(code)),
                Twist::Packet(kind, content) => framed(asked.id, (kind, content)),
                Twist::Bytes(bytes) => bytes,
                Twist::Silence => continue,
                Twist::Die => return,
                Twist::DoAndDie => {
                    right(&self, &mut rest);
                    return;
                }
                Twist::Hold(count) => {
                    held.push(right(&self, &mut rest));
                    if held.len() < count {
                        continue;
                    }
                    held.drain(..).rev().flatten().collect()
                }
            };
            if line.write_all(&answer).await.is_err() || line.flush().await.is_err() {
                return;
            }
        }
    }

    fn asked<'p>(&self, packet: &'p [u8], nth: &mut BTreeMap<u8, usize>) -> (Asked, Rest<'p>) {
        let mut rest = Rest {
            left: &packet[5..],
            first: Vec::new(),
        };
        let (kind, id) = (packet[0], u32::from_be_bytes(packet[1..5].try_into().unwrap()));
        let text = rest.text().to_vec();
        let mut inside = self.inside.lock().unwrap();
        let by_handle = matches!(kind, 4 | 5 | 6 | 8 | 12);
        let path = match inside.open.get(&text) {
            Some(opened) if by_handle => opened.path.clone(),
            // A handle that was never given out.
            None if by_handle => panic!("handle {text:x?}"),
            _ => text.clone(),
        };
        let at = if matches!(kind, READ | WRITE) {
            u64::from_be_bytes(rest.left[..8].try_into().unwrap())
        } else {
            0
        };
        let count = nth.entry(kind).or_default();
        let asked = Asked {
            kind,
            id,
            path,
            nth: *count,
            at,
        };
        *count += 1;
        inside.seen.push(asked.clone());
        rest.first = text;
        (asked, rest)
    }

    fn act(&self, asked: &Asked, rest: &mut Rest<'_>) -> (u8, Vec<u8>) {
        let inside = &mut *self.inside.lock().unwrap();
        let handle = rest.first.clone();
        let path = &asked.path;
        match asked.kind {
            OPEN => {
                let flags = rest.u32();
                let parent = path.rsplitn(2, |b| *b == b'/').nth(1).unwrap().to_vec();
                let may_be_made = flags & 0x08 != 0 && inside.nodes.contains_key(&parent);
                match inside.nodes.get_mut(path) {
                    Some(Node::File(bytes)) if flags & 0x10 != 0 => bytes.clear(),
                    Some(Node::File(_)) => {}
                    Some(_) => return status(4),
                    None if may_be_made => {
                        inside.nodes.insert(path.clone(), Node::File(Vec::new()));
                    }
                    None => return status(2),
                }
                inside.give(path.clone(), VecDeque::new())
            }
            CLOSE => status(if inside.open.remove(&handle).is_some() { 0 } else { 4 }),
            READ => {
                let (at, len) = (rest.u64() as usize, rest.u32() as usize);
                match inside.nodes.get(path) {
                    Some(Node::File(bytes)) if at < bytes.len() => (103, text(&bytes[at..bytes.len().min(at + len)])),
                    _ => status(1),
                }
            }
            WRITE => {
                let at = rest.u64() as usize;
                let data = rest.text();
                let Some(Node::File(bytes)) = inside.nodes.get_mut(path) else {
                    return status(4);
                };
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[at..at + data.len()].copy_from_slice(data);
                status(0)
            }
            LSTAT | 8 => match inside.nodes.get(path) {
                Some(node) => (105, attrs(node)),
                None => status(2),
            },
            11 => {
                let below = [path.as_slice(), b"/"].concat();
                let names = inside.nodes.keys().filter_map(|p| p.strip_prefix(below.as_slice()));
                let names = names.filter(|n| !n.contains(&b'/')).map(<[u8]>::to_vec).collect();
                inside.give(path.clone(), names)
            }
            READDIR => {
                let opened = inside.open.get_mut(&handle).unwrap();
                let dir = opened.path.clone();
                let count = opened.names.len().min(100);
                let page: Vec<_> = opened.names.drain(..count).collect();
                if page.is_empty() {
                    return status(1);
                }
                let entries = page.iter().map(|name| {
                    let node = &inside.nodes[&[&dir, &b"/"[..], name].concat()];
                    [text(name), text(b"long"), attrs(node)].concat()
                });
                (
                    104,
                    [(page.len() as u32).to_be_bytes().to_vec(), entries.flatten().collect()].concat(),
                )
            }
            13 => status(if inside.nodes.remove(path).is_some() { 0 } else { 2 }),
            14 => {
                inside.nodes.insert(path.clone(), Node::Dir);
                status(0)
            }
            RENAME => {
                let to = rest.text().to_vec();
                if inside.nodes.contains_key(&to) && !inside.replaces {
                    return status(4);
                }
                match inside.nodes.remove(path) {
                    Some(node) => {
                        inside.nodes.insert(to, node);
                        status(0)
                    }
                    None => status(2),
                }
            }
            kind => panic!("request {kind}"),
        }
    }
}

impl Inside {
    fn give(&mut self, path: Vec<u8>, names: VecDeque<Vec<u8>>) -> (u8, Vec<u8>) {
        self.handles += 1;
        let handle = [&[0xff, 0x00, 0x80][..], &self.handles.to_be_bytes()].concat();
        self.open.insert(handle.clone(), Opened { path, names });
        (102, text(&handle))
    }
}

/// What is left of a packet, and its first text.
struct Rest<'p> {
    left: &'p [u8],
    first: Vec<u8>,
}

impl<'p> Rest<'p> {
    fn u32(&mut self) -> u32 {
        let (head, rest) = self.left.split_at(4);
        self.left = rest;
        u32::from_be_bytes(head.try_into().unwrap())
    }
    fn u64(&mut self) -> u64 {
        (u64::from(self.u32()) << 32) | u64::from(self.u32())
    }
    fn text(&mut self) -> &'p [u8] {
        let len = self.u32() as usize;
        let (text, rest) = self.left.split_at(len);
        self.left = rest;
        text
    }
}

pub fn text(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}

fn status(code: u32) -> (u8, Vec<u8>) {
    (
        101,
        [&code.to_be_bytes()[..], &text(b"\xff words of the server"), &text(b"")].concat(),
    )
}

/// Size, mode, times.
pub fn attrs(node: &Node) -> Vec<u8> {
    let (size, mode) = match node {
        Node::File(bytes) => (bytes.len() as u64, 0o100_644_u32),
        Node::Dir => (0, 0o040_755),
        Node::Link => (0, 0o120_777),
    };
    let flags = 0x0d_u32.to_be_bytes();
    [
        &flags[..],
        &size.to_be_bytes(),
        &mode.to_be_bytes(),
        &[0, 0, 0, 1],
        &[0, 0, 0, 1],
    ]
    .concat()
}

fn framed(id: u32, (kind, content): (u8, Vec<u8>)) -> Vec<u8> {
    text(&[&[kind][..], &id.to_be_bytes(), &content].concat())
}
