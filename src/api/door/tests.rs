#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{CASE, Stage, TestClock};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use reqwest::{Certificate, Client, Identity};
use seams::{Ended, Spawn, Task, TokioSpawn};
use std::path::Path;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

struct Running {
    stage: Stage,
    addr: SocketAddr,
    clock: Arc<TestClock>,
    end: oneshot::Sender<()>,
    task: Task,
    result: Arc<Mutex<Option<Result<(), Finding>>>>,
}

impl Running {
    fn start(tls: Option<Tls>, change: impl FnOnce(&mut Door)) -> Self {
        let stage = Stage::new();
        let clock = TestClock::new();
        let mut door = Door::new(clock.clone());
        change(&mut door);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let (result, router) = (Arc::new(Mutex::new(None)), stage.router.clone());
        let told = result.clone();
        let serving = async move {
            let served = serve(listener, router, tls, door, async { drop(ended.await) }).await;
            *told.lock().unwrap() = Some(served);
        };
        let task = TokioSpawn::new(tokio::runtime::Handle::current()).spawn("serve", Box::pin(serving));
        Self {
            stage,
            addr,
            clock,
            end,
            task,
            result,
        }
    }

    async fn stop(self) -> Result<(), Finding> {
        self.end.send(()).unwrap();
        assert_eq!(self.task.join().await, Ended::Done);
        self.result.lock().unwrap().take().unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }
}

fn live(addr: SocketAddr) -> Vec<u8> {
    format!("GET /livez HTTP/1.1\r\nhost: {addr}\r\n\r\n").into_bytes()
}

/// What is answered until the connection closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    // A connection cut in the middle is closed too.
    let _ = stream.read_to_end(&mut read).await;
    String::from_utf8(read).unwrap()
}

/// Reads one answer, which ends as JSON does.
async fn one(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"}") {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_until_told_and_lets_what_is_under_way_finish() {
    let running = Running::start(None, |_| {});
    running.stage.node.pace.forget_permits(1000);
    let request = running.stage.signed("POST", "/v1/cases", CASE);
    let (parts, _) = request.into_parts();
    let url = format!("http://{}/v1/cases", running.addr);
    let post = Client::new().post(url).headers(parts.headers).body(CASE);
    let node = running.stage.node.clone();
    let stop = async {
        node.began.subscribe().wait_for(|n| *n == 1).await.unwrap();
        let addr = running.addr;
        let stopping = running.stop();
        let release = async {
            // Nobody new comes in while the last one is still served.
            while TcpStream::connect(addr).await.is_ok() {
                tokio::task::yield_now().await;
            }
            node.pace.add_permits(1);
        };
        tokio::join!(stopping, release).0
    };
    let (answer, stopped) = tokio::join!(post.send(), stop);
    assert_eq!(answer.unwrap().status(), 202);
    assert_eq!(stopped, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_and_an_idle_connection_are_cut() {
    let running = Running::start(None, |_| {});
    let mut slow = running.connect().await;
    slow.write_all(b"POST /v1/cases HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let mut idle = running.connect().await;
    idle.write_all(&live(running.addr)).await.unwrap();
    assert!(one(&mut idle).await.starts_with("HTTP/1.1 200"));
    // Each began to wait for a head; the second one, after its answer, again.
    running.clock.begun(3).await;
    running.clock.advance(Duration::from_secs(30));
    assert_eq!(
        (rest(&mut slow).await, rest(&mut idle).await),
        (String::new(), String::new())
    );
    let mut next = running.connect().await;
    next.write_all(&live(running.addr)).await.unwrap();
    assert!(one(&mut next).await.starts_with("HTTP/1.1 200"));
    drop(next);
    assert_eq!(running.stop().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_hand_is_not_cut_by_the_connections_patience() {
    let running = Running::start(None, |_| {});
    running.stage.node.pace.forget_permits(1000);
    let (parts, _) = running.stage.signed("POST", "/v1/cases", CASE).into_parts();
    let post = Client::new()
        .post(format!("http://{}/v1/cases", running.addr))
        .headers(parts.headers)
        .body(CASE);
    let node = running.stage.node.clone();
    let late = async {
        node.began.subscribe().wait_for(|n| *n == 1).await.unwrap();
        running.clock.advance(Duration::from_secs(3600));
        node.pace.add_permits(1);
    };
    let (answer, ()) = tokio::join!(post.send(), late);
    assert_eq!(answer.unwrap().status(), 202);
    assert_eq!(running.stop().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_sent_drop_by_drop_is_given_up_with_a_word() {
    let running = Running::start(None, |_| {});
    let (parts, _) = running.stage.signed("POST", "/v1/cases", CASE).into_parts();
    let mut head = format!(
        "POST /v1/cases HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n",
        CASE.len()
    );
    for (name, value) in &parts.headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    let mut slow = running.connect().await;
    slow.write_all(format!("{head}\r\n{{").as_bytes()).await.unwrap();
    running.stage.clock.begun(1).await;
    running.stage.clock.advance(Duration::from_secs(30));
    let got = rest(&mut slow).await;
    assert!(got.starts_with("HTTP/1.1 408") && got.contains("A_SLOW"), "{got}");
    assert_eq!(running.stage.received(), 0);
    assert_eq!(running.stop().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_closed_and_a_free_place_is_given_again() {
    let running = Running::start(None, |d| d.max_connections = 1);
    let mut first = running.connect().await;
    first.write_all(&live(running.addr)).await.unwrap();
    assert!(one(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut second = running.connect().await;
    let _ = second.write_all(&live(running.addr)).await;
    assert_eq!(rest(&mut second).await, "");
    drop(first);
    loop {
        let mut next = running.connect().await;
        let _ = next
            .write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await;
        if rest(&mut next).await.starts_with("HTTP/1.1 200") {
            break;
        }
    }
    assert_eq!(running.stop().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_are_bounded_on_the_wire() {
    let running = Running::start(None, |_| {});
    let many = (0..=MAX_HEADERS).map(|n| format!("x-{n}: 1\r\n")).collect::<String>();
    for head in [format!("x: {}", "y".repeat(3 * MAX_HEADER_BYTES)), many] {
        let mut stream = running.connect().await;
        let _ = stream
            .write_all(format!("GET /livez HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n").as_bytes())
            .await;
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 431");
    }
    assert_eq!(running.stop().await, Ok(()));
}

struct Papers {
    dir: tempfile::TempDir,
    ca: String,
    caller: String,
}

impl Papers {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let issue = |usage| {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            params.extended_key_usages.push(usage);
            (params.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem())
        };
        let (cert, key) = issue(ExtendedKeyUsagePurpose::ServerAuth);
        let (caller, caller_key) = issue(ExtendedKeyUsagePurpose::ClientAuth);
        for (name, pem) in [("cert", &cert), ("key", &key), ("ca", &ca)] {
            std::fs::write(dir.path().join(name), pem).unwrap();
        }
        Self {
            dir,
            ca,
            caller: caller + &caller_key,
        }
    }

    fn tls(&self, mutual: bool) -> Tls {
        let path = |name: &str| self.dir.path().join(name);
        Tls {
            cert_pem: path("cert"),
            key_pem: path("key"),
            client_ca_pem: mutual.then(|| path("ca")),
        }
    }

    fn client(&self, with_papers: bool, addr: SocketAddr) -> Client {
        let ca = Certificate::from_pem(self.ca.as_bytes()).unwrap();
        let mut builder = Client::builder().tls_certs_only([ca]).resolve("localhost", addr);
        if with_papers {
            builder = builder.identity(Identity::from_pem(self.caller.as_bytes()).unwrap());
        }
        builder.build().unwrap()
    }
}

fn provider() {
    // Whichever test comes first installs it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tls_a_caller_is_served_and_with_a_callers_authority_only_one_who_shows_its_papers() {
    provider();
    let papers = Papers::new();
    for (mutual, shown, good) in [(false, false, true), (true, true, true), (true, false, false)] {
        let running = Running::start(Some(papers.tls(mutual)), |_| {});
        let url = format!("https://localhost:{}/livez", running.addr.port());
        let got = papers.client(shown, running.addr).get(url).send().await;
        assert_eq!(got.is_ok_and(|r| r.status() == 200), good, "{mutual} {shown}");
        assert_eq!(running.stop().await, Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_that_cannot_be_used_are_named() {
    provider();
    let papers = Papers::new();
    let write = |name: &str, text: &str| std::fs::write(papers.dir.path().join(name), text).unwrap();
    write("empty", "");
    write("broken", "-----BEGIN CERTIFICATE-----\n!\n");
    write("large", &"x".repeat((1 << 20) + 1));
    write("other", &KeyPair::generate().unwrap().serialize_pem());
    let path = |name: &str| papers.dir.path().join(name);
    let good = papers.tls(true);
    for bad in ["missing", "empty", "broken", "large", "key"] {
        for tls in [
            Tls {
                cert_pem: path(bad),
                ..good.clone()
            },
            Tls {
                client_ca_pem: Some(path(bad)),
                ..good.clone()
            },
        ] {
            named(&tls, &path(bad));
        }
    }
    for bad in ["missing", "empty", "cert"] {
        named(
            &Tls {
                key_pem: path(bad),
                ..good.clone()
            },
            &path(bad),
        );
    }
    named(
        &Tls {
            key_pem: path("other"),
            ..good.clone()
        },
        &good.cert_pem,
    );
    let running = Running::start(
        Some(Tls {
            key_pem: path("empty"),
            ..good
        }),
        |_| {},
    );
    running.task.join().await;
    assert_eq!(
        running.result.lock().unwrap().take().unwrap().unwrap_err().code,
        Code::ATlsFile
    );
}

fn named(tls: &Tls, path: &Path) {
    let finding = tls.load().map(drop).unwrap_err();
    assert_eq!(
        (finding.code, finding.args[0].1.as_str()),
        (Code::ATlsFile, path.to_str().unwrap())
    );
    assert!(!finding.args[1].1.contains("PRIVATE"), "{}", finding.args[1].1);
}
