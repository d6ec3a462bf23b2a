//! A real browser, driven over the WebDriver protocol: chromedriver speaks plain HTTP and JSON, so a socket is enough.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A page that takes longer has hung.
const LONG: Duration = Duration::from_secs(60);

pub const ALT: &str = "\u{e00a}";
pub const CTRL: &str = "\u{e009}";
pub const ENTER: &str = "\u{e007}";
pub const TAB: &str = "\u{e004}";

pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub fn open() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--allowed-ips=127.0.0.1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver: install chromium and chromium-driver");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .filter(|line| line.contains("started successfully"))
            .find_map(|line| line.split("on port ").nth(1)?.trim_end_matches('.').parse().ok());
        let port = port.expect("chromedriver says its port");
        let mut browser = Self {
            driver,
            port,
            session: String::new(),
            _profile: profile,
        };
        let data = format!("--user-data-dir={}", browser._profile.path().display());
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1366,768",
            &data,
        ];
        let options = json!({ "binary": "/usr/bin/chromium", "args": args });
        let always = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        let made = browser.call(
            "POST",
            "/session",
            &json!({ "capabilities": { "alwaysMatch": always } }),
        );
        browser.session = made["sessionId"].as_str().unwrap().to_owned();
        browser
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "GET" {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).unwrap();
        let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
        answer["value"].take()
    }

    fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(method, &format!("/session/{}{path}", self.session), &body);
        if let Some(error) = answer.get("error") {
            panic!("{path} {body}: {error} {}\n{}", answer["message"], self.text());
        }
        answer
    }

    pub fn go(&self, url: &str) {
        self.ask("POST", "/url", json!({ "url": url }));
    }

    /// What a script on the page says.
    pub fn run(&self, script: &str) -> Value {
        let path = format!("/session/{}/execute/sync", self.session);
        self.call("POST", &path, &json!({ "script": script, "args": [] }))
    }

    pub fn text(&self) -> String {
        self.run("return document.body ? document.body.innerText : ''")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn find(&self, css: &str) -> String {
        let begun = Instant::now();
        loop {
            let path = format!("/session/{}/element", self.session);
            let found = self.call("POST", &path, &json!({ "using": "css selector", "value": css }));
            if let Some(id) = found[ELEMENT].as_str() {
                return id.to_owned();
            }
            assert!(begun.elapsed() < LONG, "no {css} on\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn has(&self, css: &str) -> bool {
        let script = format!("return document.querySelector({}) !== null", json!(css));
        self.run(&script).as_bool().unwrap_or_default()
    }

    pub fn click(&self, css: &str) {
        let id = self.find(css);
        self.ask("POST", &format!("/element/{id}/click"), json!({}));
    }

    pub fn fill(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.ask("POST", &format!("/element/{id}/value"), json!({ "text": text }));
    }

    /// Keys to whatever has the focus.
    pub fn keys(&self, text: &str) {
        let active = self.ask("GET", "/element/active", Value::Null);
        let id = active[ELEMENT].as_str().unwrap().to_owned();
        self.ask("POST", &format!("/element/{id}/value"), json!({ "text": text }));
    }

    /// Opens another tab and closes this one without asking it anything: what a crash leaves.
    pub fn another_tab(&self) {
        let made = self.ask("POST", "/window/new", json!({ "type": "tab" }));
        self.ask("DELETE", "/window", json!({}));
        self.ask("POST", "/window", json!({ "handle": made["handle"] }));
    }

    /// Until a script says yes.
    pub fn until_true(&self, script: &str) {
        let begun = Instant::now();
        while self.run(script) != Value::Bool(true) {
            assert!(begun.elapsed() < LONG, "never {script} on\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Until the page says it.
    pub fn until(&self, says: &str) {
        let begun = Instant::now();
        while !self.text().contains(says) {
            assert!(begun.elapsed() < LONG, "no {says:?} on\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The page on A4 paper, as PDF.
    pub fn paper(&self) -> Vec<u8> {
        let answer = self.ask("POST", "/print", json!({ "page": { "width": 21.0, "height": 29.7 } }));
        from_base64(answer.as_str().unwrap())
    }

    /// A picture of the window, kept for people to look at.
    pub fn picture(&self, to: &Path) {
        let answer = self.ask("GET", "/screenshot", Value::Null);
        std::fs::write(to, from_base64(answer.as_str().unwrap())).unwrap();
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|b| *b != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            self.call("DELETE", &format!("/session/{}", self.session), &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
