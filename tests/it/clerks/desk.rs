//! A node whose only receiver is a clerk's desk: as many cases as wanted, each with a worksheet to key; its console over the
//! wire, and accounts for whoever works there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::client::Client;
use crate::large::bench::{Bench, Format};
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

pub const PASSWORD: &str = "correct-horse-battery-9";

/// A department that has no interface; everything of it is keyed.
const DESK: &str = r#"
id = "desk"
name = "测速窗口"
name_en = "desk of the benchmark"

[agreement]
id = "BENCH-4"
basis = "测速"
purpose = "测速"
expires = 2099-12-31
items = ["ent_name", "uscc", "legal_rep", "id_card", "phone", "reg_addr", "item_name", "reg_capital", "fee", "scope"]

[[matter]]
id = "desk.case"
title = "测速登记"
title_en = "registration of the benchmark"
needs = ["uscc"]
limit = "5 working days"
basis = "测速"

[[layout]]
name = "sheet"
encoding = "utf-8"
field = [
    { name = "业务编号", is = "case_no", required = true },
    { name = "操作", is = "operation", required = true },
    { name = "统一社会信用代码", item = "uscc", required = true },
    { name = "企业名称", item = "ent_name" },
    { name = "法定代表人", item = "legal_rep" },
    { name = "身份证号", item = "id_card" },
    { name = "联系电话", item = "phone" },
    { name = "住所", item = "reg_addr" },
    { name = "事项", item = "item_name" },
    { name = "注册资本", item = "reg_capital" },
    { name = "收费", item = "fee" },
    { name = "经营范围", item = "scope" },
]

[[layout]]
name = "form"
encoding = "utf-8"
field = [
    { name = "业务编号", is = "case_no", required = true },
    { name = "处理结果", is = "status", required = true },
    { name = "说明", is = "reason" },
    { name = "受理号", is = "receipt_no", verify = "rekey" },
]

[layout.status]
"准予" = "approved"
"不予许可" = "denied"

[[channel]]
mode = "manual"
layouts = { "desk.case" = "sheet" }
out = { at_once = true }
in = { at_once = true }

[[channel.feed]]
name = "result"
role = "results"
layout = "form"
matter = "desk.case"
"#;

/// The node with its accounts.
pub struct Desk {
    pub bench: Bench,
    pub at: SocketAddr,
    node: Child,
}

impl Desk {
    /// With so many cases, and clerks of these names.
    pub fn open(cases: u64, clerks: &[String]) -> Self {
        let bench = Bench::new(Format::Csv);
        let config = bench.dir.path().join("config");
        for receiver in ["r1.toml", "r2.toml"] {
            fs::remove_file(config.join("departments").join(receiver)).unwrap();
        }
        fs::write(config.join("departments/desk.toml"), DESK).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let main = config.join("tanghulu.toml");
        let text = fs::read_to_string(&main).unwrap();
        fs::write(&main, text.replace("127.0.0.1:0", &free.to_string())).unwrap();
        let file = bench.short_file(cases);
        let taken = bench.answer(&["collect", "bench", file.to_str().unwrap()]);
        assert_eq!(taken[0]["rows"], cases, "{taken}");
        let node = bench.command(&["run"]).spawn().unwrap();
        let mut desk = Self { bench, at: free, node };
        desk.wait();
        let uid = rustix::process::getuid().as_raw().to_string();
        let first = ["user", "add", "测速", "--role", "security_administrator", "--uid", &uid];
        assert!(desk.bench.answer(&first)["token"]["token"].is_string());
        for name in clerks {
            desk.account(name, "clerk");
        }
        desk
    }

    /// An account that has chosen its password.
    pub fn account(&self, name: &str, role: &str) {
        let said: Value = self.bench.answer(&["user", "add", name, "--role", role]);
        let token = said["token"]["token"]
            .as_str()
            .unwrap_or_else(|| panic!("{said}"))
            .to_owned();
        let mut client = Client::new(self.at);
        client.log_in(name, &token);
        client.choose(PASSWORD);
    }

    pub fn clerk(&self, name: &str) -> Client {
        let mut client = Client::new(self.at);
        client.log_in(name, PASSWORD);
        client
    }

    /// Ends it as a cut of the mains does, and starts it again.
    pub fn kill(&mut self) {
        self.node.kill().unwrap();
        self.start(None);
    }

    /// Starts it again, once it has ended; it dies where it comes to this point.
    pub fn start(&mut self, dies_at: Option<&str>) {
        self.node.wait().unwrap();
        let mut command = self.bench.command(&["run"]);
        self.node = command
            .envs(dies_at.map(|point| (seams::point::VARIABLE, point)))
            .spawn()
            .unwrap();
        self.wait();
    }

    /// Ends it, and starts it so that it dies at this point.
    pub fn dying_at(&mut self, point: &str) {
        self.node.kill().unwrap();
        self.start(Some(point));
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.at).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the node does not answer");
            assert!(
                self.node.try_wait().unwrap().is_none(),
                "the node ended: {}",
                self.told()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn told(&mut self) -> String {
        let lines = self
            .node
            .stdout
            .take()
            .map(|out| BufReader::new(out).lines().map_while(Result::ok));
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// Waits until the queue is laid out and so many tasks are free. Each case has a worksheet, and the form of its result.
    pub fn until_free(&self, client: &mut Client, tasks: u64) {
        let begun = Instant::now();
        loop {
            let page = client.get("/console").body;
            let free = page.split("id=\"count-free\">").nth(1).unwrap_or_default();
            let free = free.split('<').next().unwrap_or_default().trim().parse().ok();
            if free == Some(tasks) && !page.contains("队列正在整理") {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30 + tasks / 500),
                "{free:?} of {tasks} tasks: {page}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}
