//! A clerk's browser as far as the wire goes: a cookie, the hidden inputs of the page shown last, one request at a time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client {
    at: SocketAddr,
    cookie: String,
    pub csrf: String,
    /// The token of the forms shown last.
    pub once: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub body: String,
}

fn escaped(text: &str) -> String {
    let letter = |b: u8| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(b).to_string(),
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(letter).collect()
}

impl Client {
    pub fn new(at: SocketAddr) -> Self {
        Self {
            at,
            cookie: String::new(),
            csrf: String::new(),
            once: String::new(),
        }
    }

    /// The same person in another window.
    pub fn window(&self) -> Self {
        Self {
            at: self.at,
            cookie: self.cookie.clone(),
            csrf: self.csrf.clone(),
            once: String::new(),
        }
    }

    pub fn log_in(&mut self, name: &str, secret: &str) {
        let said = self.post("/console/login", &[("name", name), ("password", secret), ("code", "")]);
        assert_eq!(said.status, 303, "{name}: {}", said.body);
        let page = self.get(&said.location);
        assert!(!self.csrf.is_empty(), "{}", page.body);
    }

    pub fn choose(&mut self, password: &str) {
        let said = self.post("/console/password", &[("new", password), ("again", password)]);
        assert_eq!(
            (said.status, said.location.as_str()),
            (303, "/console/login?chosen=1"),
            "{}",
            said.body
        );
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None).unwrap()
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(path, fields).unwrap()
    }

    /// The same where the node may be gone.
    pub fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> std::io::Result<Answer> {
        let body = self.body(fields);
        self.send("POST", path, Some(&body))
    }

    fn body(&self, fields: &[(&str, &str)]) -> String {
        let own = [("csrf", self.csrf.as_str())];
        let pairs = own.iter().chain(fields);
        let pairs: Vec<String> = pairs.map(|(n, v)| format!("{}={}", escaped(n), escaped(v))).collect();
        pairs.join("&")
    }

    /// Sends so many bytes of a form, and no more: the line is cut.
    pub fn cut(&self, path: &str, fields: &[(&str, &str)], bytes: usize) {
        let whole = self.head("POST", path, Some(&self.body(fields))) + &self.body(fields);
        if let Ok(mut stream) = TcpStream::connect(self.at) {
            let _ = stream.write_all(&whole.as_bytes()[..bytes.min(whole.len())]);
        }
    }

    fn head(&self, method: &str, path: &str, body: Option<&str>) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.at);
        if !self.cookie.is_empty() {
            head += &format!("Cookie: tanghulu={}\r\n", self.cookie);
        }
        if let Some(body) = body {
            let length = body.len();
            head += &format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n");
        }
        head + "\r\n"
    }

    fn send(&mut self, method: &str, path: &str, body: Option<&str>) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(self.at)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all((self.head(method, path, body) + body.unwrap_or_default()).as_bytes())?;
        let mut reader = BufReader::new(stream);
        let mut answer = Answer {
            status: 0,
            location: String::new(),
            body: String::new(),
        };
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match line.split_once(": ") {
                None => answer.status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or_default(),
                Some((name, value)) if name.eq_ignore_ascii_case("location") => answer.location = value.to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("set-cookie") => {
                    let token = value.split(';').next().and_then(|pair| pair.split_once('='));
                    self.cookie = token.map(|(_, token)| token.to_owned()).unwrap_or_default();
                }
                Some(_) => {}
            }
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        answer.body = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(csrf) = hidden(&answer.body, "csrf") {
            self.csrf = csrf;
        }
        if let Some(once) = hidden(&answer.body, "once") {
            self.once = once;
        }
        Ok(answer)
    }
}

/// The value of a hidden input on a page.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    rest.split('"').next().map(str::to_owned)
}
