//! Codes that no table knows, over the command line: what waits is seen, two people say what it means, all goes on.

use super::daemon::Daemon;
use super::desk::deserted;
use super::normal::Normal;
use super::say::{golden, golden_once};
use departments::cases;
use departments::play::config::HUB_KEY;
use departments::poster::Poster;
use seams::{Clock, SystemClock};
use std::sync::Arc;
use tokio::runtime::Runtime;

#[test]
fn a_code_is_mapped_by_two_people() {
    let dir = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    deserted(dir.path(), &clock);
    let config = dir.path().join("config");
    let normal = Normal::new(dir.path());
    let words = |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
    let see = |name: &str, line: &str, code: i32| {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        golden(&format!("codes_{name}"), &config, &words, code, &normal);
    };
    let once = |name: &str, line: &str, code: i32| {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        golden_once(&format!("codes_{name}"), &config, &words, code, &normal);
    };

    see("none", "codes unmapped", 0);
    let daemon = Daemon::start(&config, &dir.path().join("log"));
    let poster = Poster::new(daemon.base.clone(), "bj-hub", HUB_KEY, 1, clock).unwrap();
    let runtime = Runtime::new().unwrap();
    for n in [1, 5] {
        let mut case = cases::submission(n);
        case["items"]["ent_type"] = "199".into();
        let told = runtime.block_on(poster.post(&case)).unwrap();
        assert_eq!(told.status, 202, "{told:?}");
    }
    let first = cases::case_no(1);
    see("unmapped", "codes unmapped", 0);
    see("case", &format!("case {first}"), 0);
    see("why", &format!("why {first}"), 0);
    see("balance", "balance", 0);
    see("refused_list", "refused list", 0);

    let map = "codes map ent_type 199 159 --reason 登记机关来函";
    see("map_nobody", map, 1);
    see("map_no_table", "codes map colour 199 159 --reason r --as 张三", 1);
    see("map_known", "codes map ent_type 国有企业 110 --reason r --as 张三", 1);
    see("map_without_reason", "codes map ent_type 199 159 --as 张三", 2);
    once("map", &format!("{map} --as 张三 --lang zh"), 0);
    see("map_alone", &format!("{map} --as 张三"), 1);
    see("proposed", "codes unmapped", 0);
    once("confirm", &format!("{map} --as 李四 --json"), 0);
    see("unmapped_after", "codes unmapped", 0);
    see("map_again", &format!("{map} --as 李四"), 1);
    daemon.end();
}
