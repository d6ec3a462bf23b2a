//! A copy of every audit entry by syslog (RFC 5424): kept on another machine, it says what somebody who has this one might
//! want unsaid. Values of cases are never part of one.

use engine::action::{Act, Mirror};
use settings::NodeSettings;
use settings::units::Syslog as Place;
use std::fmt::Write as _;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;

/// Facility 13 (log audit), severity 5 (notice).
const PRIORITY: u32 = 13 * 8 + 5;

/// The configured one.
pub fn open(node: &NodeSettings) -> Option<Arc<dyn Mirror>> {
    let place = node.log_audit.clone()?;
    let name = node.name.clone();
    Some(Arc::new(Syslog { place, name }))
}

struct Syslog {
    place: Place,
    /// The node's name, as the sender's.
    name: String,
}

impl Mirror for Syslog {
    fn tell(&self, act: &Act) -> io::Result<()> {
        let message = message(&self.name, act);
        match &self.place {
            // Made anew each time: acts are rare, and whoever listens may have been started again.
            Place::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.set_nonblocking(true)?;
                socket.send_to(message.as_bytes(), path)?;
            }
            Place::Udp(address) => {
                let any: SocketAddr = match address {
                    SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
                    SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
                };
                UdpSocket::bind(any)?.send_to(message.as_bytes(), address)?;
            }
        }
        Ok(())
    }
}

/// One message: what a collector sorts by stands in its structured data.
fn message(node: &str, act: &Act) -> String {
    let time = jiff::Timestamp::from_millisecond(act.at).unwrap_or_default();
    // Of a name on the wire only visible ASCII is allowed, 48 at most.
    let host: String = node.chars().filter(char::is_ascii_graphic).take(48).collect();
    let host = if host.is_empty() { "-" } else { &host };
    let mut data = String::new();
    for (name, value) in [
        ("person", act.person.name.as_str()),
        ("action", &act.action),
        ("object", &act.object),
        ("result", &act.result),
    ] {
        let _ = write!(data, " {name}=\"{}\"", quoted(value));
    }
    let pid = std::process::id();
    let uid = act.person.uid;
    format!(
        "<{PRIORITY}>1 {time:.3} {host} tanghulu {pid} audit [audit@32473 uid=\"{uid}\"{data}] \u{feff}{}",
        quoted(&act.action)
    )
}

/// A value between quotes: what would end it is escaped, and what would begin another message is shown.
fn quoted(value: &str) -> String {
    let shown = model::visible::text(value);
    let mut out = String::with_capacity(shown.len());
    for c in shown.chars() {
        if matches!(c, '"' | '\\' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use ledger::event::Person;

    fn act(result: &str) -> Act {
        Act {
            at: 1_772_424_000_123,
            person: Person {
                name: "张三".to_owned(),
                uid: 1000,
            },
            action: "reveal".to_owned(),
            object: "110108".to_owned(),
            result: result.to_owned(),
        }
    }

    #[test]
    fn a_message_is_one_and_says_what_the_act_says() {
        let text = message("前置 fe-01", &act("核对\n<0>1 forged ] \"x\\"));
        let begin = "<109>1 2026-03-02T04:00:00.123Z fe-01 tanghulu ";
        assert!(text.starts_with(begin), "{text}");
        assert!(text.contains("audit [audit@32473 uid=\"1000\" person=\"张三\" action=\"reveal\" object=\"110108\""));
        assert!(
            text.contains("result=\"核对<U+000A><0>1 forged \\] \\\"x\\\\\"]"),
            "{text}"
        );
        assert!(!text.contains('\n'));
        assert!(message("节点", &act("")).contains("Z - tanghulu "));
    }

    #[test]
    fn both_places_hear_it_and_one_that_is_gone_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let local = UnixDatagram::bind(&path).unwrap();
        let remote = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut heard = [0; 2048];
        let tell = |place: Place| {
            let name = "n".to_owned();
            Syslog { place, name }.tell(&act("r"))
        };
        tell(Place::Unix(path.clone())).unwrap();
        let n = local.recv(&mut heard).unwrap();
        assert!(heard[..n].starts_with(b"<109>1 "));
        tell(Place::Udp(remote.local_addr().unwrap())).unwrap();
        let n = remote.recv(&mut heard).unwrap();
        assert!(heard[..n].starts_with(b"<109>1 "));
        drop(local);
        assert!(tell(Place::Unix(path)).is_err());
    }
}
