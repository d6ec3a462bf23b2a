//! Through a one-way gap, with the living police bureau behind it.

use super::world::{self, ask, read};
use crate::Mode;
use crate::settings::Settings;
use departments::Books;
use departments::cases::case_no;
use departments::fate::{AllApproved, Fates, Ruling};
use departments::psb::{MATTER, Psb};
use formats::digest::sm3_hex;
use jiff::civil::date;
use model::define::{Channel, Feed, FeedRole, Field, Layout, Meaning};
use model::{AttemptId, BatchId, CaseNo, Code, DeptId, Header, MatterId, Op, Proof, Row};
use port::{Adapter, BatchVerdict, Context, Numbers, Outcome, Outgoing, Prepared, Record, Said, TypedMode as _};
use seams::{SeededRng, TokioClock, UnixMs};
use std::fs;
use std::future::Future as _;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use tempfile::TempDir;

pub const COLUMNS: [&str; 10] = [
    "CaseNo",
    "UnitName",
    "RegNo",
    "LegalName",
    "LegalId",
    "LegalSex",
    "OperName",
    "OperId",
    "SealTypes",
    "ApplyDate",
];

/// 2026-04-02 18:00:00 in China.
const SIX: i64 = 1_775_124_000_000;

/// The gap, the bureau behind it, and this side's directories.
pub struct Station {
    dir: TempDir,
    pub psb: Psb,
    clock: Arc<TokioClock>,
}

impl Station {
    pub fn new() -> Self {
        Self::with(Arc::new(AllApproved))
    }

    pub fn with(fates: Arc<dyn Fates>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TokioClock::new(UnixMs(SIX)));
        let books = Arc::new(Books::open(&dir.path().join("books"), "psb").unwrap());
        let root = dir.path().join("ferry");
        let psb = Psb::open(&root, &dir.path().join("psb"), books, fates, clock.clone(), 480).unwrap();
        fs::create_dir(root.join("tmp")).unwrap();
        Self { dir, psb, clock }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("ferry")
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn names(&self, dir: &str) -> Vec<String> {
        world::names_in(&self.at(dir))
    }

    pub fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter_of("n1")
    }

    pub fn adapter_of(&self, node: &str) -> Arc<dyn Adapter> {
        self.changed(node, |_| ())
    }

    pub fn changed(&self, node: &str, change: impl FnOnce(&mut Settings)) -> Arc<dyn Adapter> {
        let mut settings = toml::from_str(&TEXT.replace("@ROOT@", self.root().to_str().unwrap())).unwrap();
        change(&mut settings);
        Mode::build(settings, self.context(node)).unwrap()
    }

    fn context(&self, node: &str) -> Context {
        Context {
            node: node.to_owned(),
            dept: DeptId::new("psb"),
            channel: Arc::new(channel()),
            layouts: Arc::new(layouts()),
            work_dir: self.dir.path().join("work"),
            offset_minutes: 480,
            max_batch_bytes: 4 << 20,
            clock: self.clock.clone(),
            rng: Arc::new(SeededRng::new(1)),
            spawn: world::spawner(),
            secrets: Arc::new(world::Named),
        }
    }
}

const TEXT: &str = r#"
transport = "directory"
root = "@ROOT@"
format = "xml"
[xml]
records = "Package/Body/Seal"
bom = true
lists = ["SealCode"]
count = "Package/Head/Count"
[xml.head]
name = "Head"
time = "%Y年%m月%d日 %H时%M分%S秒"
fields = [
    { name = "Version", text = "1.0" },
    { name = "MsgId", text = "{message_id}" },
    { name = "From", text = "HUB" },
    { name = "To", text = "PSB" },
    { name = "Biz", text = "SEAL" },
    { name = "CreateTime", text = "{time}" },
    { name = "Count", text = "{count}" },
]
[out]
dir = "/up"
ready = "manifest"
name = "S_{date}_{seq6}.xml"
[out.manifest]
name = "M_{date}_{seq4}.xml"
tmp = "/tmp"
max_bytes = "2 KiB"
keeps = "1d"
[in]
dir = "/down"
ready = "stable"
stable = "20ms"
[[in.feeds]]
feed = "acks"
pattern = "A_*.xml"
records = "Package/Body/Ack"
numbered = true
[[in.feeds]]
feed = "results"
pattern = "R_*.xml"
numbered = true
"#;

fn layouts() -> Vec<Layout> {
    let field = |name: &str, meaning: Meaning| Field {
        name: name.to_owned(),
        meaning,
        ..Field::default()
    };
    let layout = |name: &str, fields: Vec<Field>| Layout {
        name: name.to_owned(),
        encoding: "utf-8".to_owned(),
        fields,
        ..Layout::default()
    };
    let plain = |names: &[&str]| names.iter().map(|n| field(n, Meaning::Ignored)).collect();
    vec![
        layout("submit", plain(&COLUMNS)),
        layout(
            "result",
            plain(&["CaseNo", "SealCode", "SealShop", "RecordDate", "Result", "Reason"]),
        ),
        layout(
            "ack",
            vec![
                field("ManifestNo", Meaning::BatchNo),
                field("Code", Meaning::ReturnCode),
            ],
        ),
    ]
}

fn channel() -> Channel {
    let feed = |name: &str, role, layout: &str| Feed {
        name: name.to_owned(),
        role,
        layout: layout.to_owned(),
        matter: Some(MatterId::new(MATTER)),
    };
    Channel {
        proof: Proof::Taken,
        layouts: [(MatterId::new(MATTER), "submit".to_owned())].into(),
        feeds: vec![
            feed("results", FeedRole::Results, "result"),
            feed("acks", FeedRole::Receipts, "ack"),
        ],
        ..world::channel()
    }
}

/// First hand-overs of these cases; hand-over `n` has the number `n`.
pub fn outgoing(cases: &[u32]) -> Outgoing {
    let record = |n: &u32| Record {
        attempt: AttemptId(u64::from(*n)),
        case_no: CaseNo::new(case_no(*n)),
        matter: MatterId::new(MATTER),
        op: Op::Submit,
        token: format!("HUB-PSB-20260402-{n:06}"),
    };
    let row = |(line, n): (u64, &u32)| {
        let case = case_no(*n);
        let text = [
            case.as_str(),
            "北京测试一号生物制剂有限公司",
            "110199000000011",
            "㛃测试",
            "110199197602140073",
            "1",
            "王示例",
            "110199197602140065",
            "01,02,03",
            "2026年4月2日",
        ];
        Row {
            line,
            cells: text.iter().map(|t| Some((*t).into())).collect(),
        }
    };
    Outgoing {
        layout: Arc::new(layouts().swap_remove(0)),
        header: Header::new(COLUMNS),
        rows: (1..).zip(cases).map(row).collect(),
        records: cases.iter().map(record).collect(),
    }
}

pub fn numbers(seq: u32) -> Numbers {
    Numbers {
        batch: BatchId(u64::from(seq)),
        dept: DeptId::new("psb"),
        day: date(2026, 4, 2),
        seq,
        at: SIX,
    }
}

fn prepared(adapter: &dyn Adapter, seq: u32, cases: &[u32]) -> Prepared {
    let rows = outgoing(cases);
    Prepared {
        numbers: numbers(seq),
        encoded: adapter.encode(&rows, &numbers(seq)).unwrap(),
        records: rows.records,
        place: None,
        again: false,
        copy: 1,
    }
}

fn booked(station: &Station, n: u32) -> usize {
    station.psb.books().of(&case_no(n), MATTER).len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_the_agreed_sample_to_the_byte() {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../../fixtures/vectors/psb_gap.json")).unwrap();
    let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let station = Station::new();
    let encoded = station.adapter().encode(&outgoing(&[1]), &numbers(1)).unwrap();
    let [file, manifest] = encoded.parts.as_slice() else {
        panic!()
    };
    assert_eq!(file.name, text("/file/name"));
    let case = case_no(1);
    let expect = format!("\u{FEFF}{}", text("/file/text")).replace("110108202603020000019", &case);
    assert_eq!(String::from_utf8(file.bytes.clone()).unwrap(), expect);
    assert_eq!(case, "110108202603020000019", "the sample's case is case 1");
    assert_eq!((file.bytes.len(), sm3_hex(&file.bytes)), (633, text("/file/sm3")));
    assert_eq!(manifest.name, text("/manifest/name"));
    assert_eq!(
        String::from_utf8(manifest.bytes.clone()).unwrap(),
        text("/manifest/text")
    );
    assert_eq!(
        (encoded.number.as_str(), file.records.clone(), manifest.records.clone()),
        ("M_20260402_0001", 0..1, 0..0)
    );
    let second = station.adapter().encode(&outgoing(&[2, 3]), &numbers(2)).unwrap();
    let manifest = String::from_utf8(second.parts[2].bytes.clone()).unwrap();
    assert!(
        manifest.contains("seq=\"2\" prev=\"1\"") && manifest.matches("<File ").count() == 2,
        "{manifest}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_goes_through_the_gap_and_its_seals_come_back() {
    let station = Station::new();
    let adapter = station.adapter();
    let mut batch = prepared(&*adapter, 1, &[1, 2]);
    batch.encoded = {
        // Four bytes in UTF-8, a surrogate pair elsewhere: legal here.
        let mut rows = outgoing(&[1, 2]);
        rows.rows[0].cells[3] = Some("𠮷示例".into());
        adapter.encode(&rows, &numbers(1)).unwrap()
    };
    assert_eq!(
        adapter.deliver(&batch).await.unwrap(),
        [Outcome::Pending, Outcome::Pending]
    );
    assert_eq!(
        station.names("up"),
        ["M_20260402_0001.xml", "S_20260402_000001.xml", "S_20260402_000002.xml"]
    );
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    station.psb.tick().unwrap();
    assert!(station.names("up").is_empty());
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Taken, Said::Taken]);
    assert_eq!((booked(&station, 1), booked(&station, 2)), (1, 1));
    station.psb.tick().unwrap();
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    let feeds: Vec<&str> = offers.iter().map(|o| o.feed.as_str()).collect();
    assert_eq!(feeds, ["acks", "results"]);
    assert_eq!(offers[0].declared.answers, None, "its rows say which batch they answer");
    assert_eq!(read(&mut offers[0]).unwrap(), [["M_20260402_0001", "0000"]]);
    let header = offers[1].rows.header().clone();
    let Some(port::Taken::Row(row)) = offers[1].rows.next().unwrap() else {
        panic!()
    };
    let cell = |name: &str| row.get(header.slot(name).unwrap()).map(str::to_owned);
    assert_eq!(cell("CaseNo"), Some(case_no(1)));
    assert_eq!(cell("SealCode").unwrap().split('\u{1F}').count(), 3);
    assert_eq!(cell("Reason"), None);
    for offer in &offers {
        let answer = world::answer(BatchVerdict::Accepted, Vec::new());
        adapter.acknowledge(&offer.claim, &answer).await.unwrap();
    }
    assert_eq!(station.names("down"), ["done"]);
    assert_eq!(station.names("tmp"), ["M_20260402_0001.xml.kept"]);
}

/// XML is answered in CSV, in the layout's encoding, where both sides agreed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_answered_where_it_was_agreed() {
    let station = Station::new();
    fs::create_dir(station.at("answers")).unwrap();
    let adapter = station.changed("n1", |settings| {
        let in_ = settings.in_.as_mut().unwrap();
        (in_.answer, in_.receipts) = (true, Some("/answers".to_owned()));
    });
    adapter.deliver(&prepared(&*adapter, 1, &[1])).await.unwrap();
    station.psb.tick().unwrap();
    station.psb.tick().unwrap();
    let mut expect = Vec::new();
    for offer in adapter.collect(&ask(10)).await.unwrap() {
        let answer = world::answer(BatchVerdict::Accepted, Vec::new());
        adapter.acknowledge(&offer.claim, &answer).await.unwrap();
        expect.push(format!("{}.receipt.csv", offer.name));
    }
    expect.sort();
    assert_eq!(expect.len(), 2);
    assert_eq!(station.names("answers"), expect);
    for name in station.names("answers") {
        let text = fs::read_to_string(station.at("answers").join(name)).unwrap();
        assert!(text.contains("\r\n\"0\",\"\",\"0000\",\"已接收"), "{text}");
    }
    assert_eq!(station.names("down"), ["done"]);
}

/// Cut after every poll: whatever stands in `up` then may cross, and is whole; the manifest only after all others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_unfinished_ever_stands_where_the_gap_takes() {
    let mut finished = false;
    for polls in 0..400 {
        let station = Station::new();
        let adapter = station.adapter();
        let batch = prepared(&*adapter, 1, &[1, 2, 3]);
        {
            let mut call = pin!(adapter.deliver(&batch));
            for _ in 0..polls {
                let done = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_ready())).await;
                if done {
                    finished = true;
                    break;
                }
                tokio::task::yield_now().await;
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
        }
        let names = station.names("up");
        for name in &names {
            let part = batch.encoded.parts.iter().find(|p| p.name == *name);
            assert_eq!(
                fs::read(station.at("up").join(name)).unwrap(),
                part.unwrap().bytes,
                "{name} after {polls}"
            );
        }
        let whole = names.len() == batch.encoded.parts.len();
        assert!(
            whole || !names.iter().any(|n| n.starts_with("M_")),
            "{names:?} after {polls}"
        );
        if finished {
            return;
        }
    }
    panic!("it never ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_gap_loses_is_taken_and_never_sent_again_by_itself() {
    let station = Station::new();
    station.psb.acknowledge(false);
    station.psb.gap().lose("S_20260402_000002");
    let adapter = station.adapter();
    let batch = prepared(&*adapter, 1, &[1, 2]);
    adapter.deliver(&batch).await.unwrap();
    for _ in 0..3 {
        station.psb.tick().unwrap();
    }
    assert_eq!((booked(&station, 1), booked(&station, 2)), (1, 0));
    // All that can be seen from here is that both are gone.
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Taken, Said::Taken]);
    let again = Prepared {
        again: true,
        ..batch.clone()
    };
    assert_eq!(
        station.adapter().deliver(&again).await.unwrap(),
        [Outcome::Pending, Outcome::Pending]
    );
    assert!(station.names("up").is_empty(), "sent again on a guess");
    // The one result there is, and no acknowledgement.
    let offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.iter().map(|o| o.feed.as_str()).collect::<Vec<_>>(), ["results"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_without_its_manifest_is_not_called_taken() {
    let station = Station::new();
    let adapter = station.adapter();
    let batch = prepared(&*adapter, 1, &[1, 2]);
    adapter.deliver(&batch).await.unwrap();
    fs::remove_file(station.at("up/S_20260402_000001.xml")).unwrap();
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    fs::remove_file(station.at("up/M_20260402_0001.xml")).unwrap();
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Taken, Said::CannotSay]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_nowhere_goes_again_only_if_it_surely_never_left() {
    let station = Station::new();
    let adapter = station.adapter();
    let mut batch = prepared(&*adapter, 1, &[1]);
    batch.again = true;
    let kept = station.at("tmp/M_20260402_0001.xml.kept");
    // A crash before the manifest was kept: nothing had left.
    fs::write(station.at("tmp/S_20260402_000001.xml"), "half").unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Pending]);
    assert_eq!(station.names("up").len(), 2);
    // The manifest is no longer kept, and a file stands there: somebody tidied up.
    fs::remove_file(&kept).unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay]);
    // Older than what is surely kept: absence says nothing.
    station.psb.gap().carry().unwrap();
    batch.numbers.at -= 86_400_000;
    assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
    assert!(station.names("up").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_file_under_our_name_is_a_conflict() {
    let station = Station::new();
    let adapter = station.adapter();
    let batch = prepared(&*adapter, 1, &[1]);
    fs::write(station.at("up/S_20260402_000001.xml"), "x").unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap_err().finding.code, Code::CConflict);
    assert_eq!(fs::read(station.at("up/S_20260402_000001.xml")).unwrap(), b"x");
    assert_eq!(
        station.names("up").len(),
        1,
        "the manifest does not go without its file"
    );
    let other = prepared(&*adapter, 2, &[2]);
    fs::write(station.at("tmp/M_20260402_0002.xml.kept"), "x").unwrap();
    assert_eq!(adapter.deliver(&other).await.unwrap_err().finding.code, Code::CConflict);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_gap_would_not_carry_is_refused_by_name() {
    let station = Station::new();
    let adapter = station.adapter();
    let mut rows = outgoing(&[1, 2]);
    rows.rows[1].cells[1] = Some("长".repeat(700).into());
    let misfits = adapter.encode(&rows, &numbers(1)).unwrap_err();
    assert_eq!(misfits.len(), 1);
    assert_eq!((misfits[0].record, misfits[0].findings[0].code), (1, Code::ETooLarge));
    // A manifest that is too long blames nobody.
    let many: Vec<u32> = (1..=20).collect();
    let misfits = adapter.encode(&outgoing(&many), &numbers(1)).unwrap_err();
    assert_eq!((misfits.len(), misfits[0].record), (1, 20));
}

/// A file that came, as it is offered.
async fn offered(name: &str, bytes: &[u8]) -> Option<Result<Vec<Vec<String>>, Code>> {
    let station = Station::new();
    fs::write(station.at("down").join(name), bytes).unwrap();
    let mut offers = station.adapter().collect(&ask(10)).await.unwrap();
    let mut offer = offers.pop()?;
    Some(read(&mut offer))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_rewritten_on_its_way_is_refused_and_what_is_cut_waits() {
    let body = |acks: usize| "<Ack><ManifestNo>M_1</ManifestNo><Code>0000</Code></Ack>".repeat(acks);
    let text = |count: &str, acks: usize| {
        format!(
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Package><Head>{count}</Head><Body>{}</Body></Package>",
            body(acks)
        )
    };
    let (good, name) = (text("<Count>1</Count>", 1), "A_20260402_000001.xml");
    let row = vec![vec!["M_1".to_owned(), "0000".to_owned()]];
    assert_eq!(offered(name, good.as_bytes()).await, Some(Ok(row.clone())));
    let spaced = format!("{good}\r\n");
    assert_eq!(
        offered(name, spaced.as_bytes()).await,
        Some(Ok(row)),
        "line ends behind it"
    );
    let table: [(&str, Vec<u8>, Code); 6] = [
        (
            "the mark was taken away",
            good.as_bytes()[3..].to_vec(),
            Code::EStructure,
        ),
        (
            "a second mark",
            [b"\xEF\xBB\xBF", good.as_bytes()].concat(),
            Code::EStructure,
        ),
        (
            "a record was taken away",
            text("<Count>2</Count>", 1).into_bytes(),
            Code::EFileCount,
        ),
        ("no count", text("", 1).into_bytes(), Code::EStructure),
        (
            "a count that is none",
            text("<Count>x</Count>", 1).into_bytes(),
            Code::EStructure,
        ),
        (
            "another document",
            good.replace("Body", "Leib").into_bytes(),
            Code::EStructure,
        ),
    ];
    for (what, bytes, code) in table {
        assert_eq!(offered(name, &bytes).await, Some(Err(code)), "{what}");
    }
    for cut in [good.len() / 2, good.len() - 1] {
        assert_eq!(offered(name, &good.as_bytes()[..cut]).await, None, "cut at {cut}");
    }
    assert_eq!(offered("X_1.xml", good.as_bytes()).await, None, "nobody's feed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_skipped_is_said_with_the_file_that_came() {
    let station = Station::new();
    let adapter = station.adapter();
    for seq in 1..=3 {
        adapter.deliver(&prepared(&*adapter, seq, &[seq])).await.unwrap();
        station.psb.tick().unwrap();
    }
    station.psb.tick().unwrap();
    fs::remove_file(station.at("down/R_20260402_000002.xml")).unwrap();
    let gaps = |offers: &[port::Offer]| -> Vec<(String, Vec<Code>)> {
        let results = offers.iter().filter(|o| o.feed == "results");
        results
            .map(|o| (o.name.clone(), o.rows.warnings().iter().map(|f| f.code).collect()))
            .collect()
    };
    let offers = adapter.collect(&ask(10)).await.unwrap();
    let expect = [
        ("R_20260402_000001.xml".to_owned(), Vec::new()),
        ("R_20260402_000003.xml".to_owned(), vec![Code::ESequenceGap]),
    ];
    assert_eq!(gaps(&offers), expect);
    // Once the ledger has taken both, it is not said again.
    let mut next = ask(10);
    next.position = offers.last().unwrap().position.clone();
    let offers = adapter.collect(&next).await.unwrap();
    assert!(gaps(&offers).iter().all(|(_, codes)| codes.is_empty()));
}

struct SecondIsRefused;

impl Fates for SecondIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(2) {
            Ruling::RefuseRow("3001".to_owned())
        } else {
            Ruling::Approve
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_bureau_does_not_take_comes_back_as_a_result() {
    let station = Station::with(Arc::new(SecondIsRefused));
    let adapter = station.adapter();
    adapter.deliver(&prepared(&*adapter, 1, &[1, 2])).await.unwrap();
    station.psb.tick().unwrap();
    station.psb.tick().unwrap();
    assert_eq!((booked(&station, 1), booked(&station, 2)), (1, 0));
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    let results = offers.iter_mut().find(|o| o.feed == "results").unwrap();
    let header = results.rows.header().clone();
    let slot = header.slot("Result").unwrap();
    let mut words = Vec::new();
    while let Some(port::Taken::Row(row)) = results.rows.next().unwrap() {
        words.push(row.get(slot).map(str::to_owned));
    }
    assert_eq!(words, [Some("1".to_owned()), Some("3".to_owned())]);
}

#[test]
fn what_types_cannot_say_is_judged() {
    let wrong = |from: &str, to: &str| -> Vec<String> {
        assert!(TEXT.contains(from), "{from}");
        let text = TEXT.replace("@ROOT@", "/ferry").replacen(from, to, 1);
        let settings: Settings = toml::from_str(&text).unwrap();
        let said = Mode::judge(&settings, &channel(), &layouts());
        said.iter()
            .map(|f| f.args.iter().find(|(n, _)| n == "setting").unwrap().1.clone())
            .collect()
    };
    assert_eq!(wrong("", ""), Vec::<String>::new());
    let table: [(&str, &str, &[&str]); 12] = [
        (
            "ready = \"manifest\"",
            "ready = \"marker\"",
            &["out.name", "out.ready", "out.name", "out.manifest"],
        ),
        ("_{seq6}", "", &["out.name"]),
        ("S_{date}_{seq6}.xml", "S_{date}_{seq6}.txt", &["out.name"]),
        ("_{seq4}", "", &["out.manifest.name"]),
        ("M_{date}_{seq4}.xml", "M_{date}_{seq4}.ok", &["out.manifest.name"]),
        ("tmp = \"/tmp\"", "tmp = \"/up\"", &["out.manifest.tmp"]),
        ("\"Package/Body/Seal\"", "\"Seal\"", &["xml.records"]),
        ("%Y年", "%!年", &["xml.head.time"]),
        ("{ name = \"Version\"", "{ name = \"1\"", &["xml"]),
        (
            "records = \"Package/Body/Ack\"",
            "answers = \"_RET\"",
            &["in.feeds acks"],
        ),
        (
            "feed = \"results\"\npattern",
            "feed = \"results\"\nanswers = \"x\"\npattern",
            &["in.feeds results"],
        ),
        ("stable = \"20ms\"", "stable = \"0s\"", &["in.ready"]),
    ];
    for (from, to, expect) in table {
        assert_eq!(wrong(from, to), expect, "{from} -> {to}");
    }
}
