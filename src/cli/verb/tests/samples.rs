//! Replies as they cross the socket, one of each kind, with what is hard to show: wide text, absent values, findings.

use serde_json::{Value, json};

pub(crate) const CASE_NO: &str = "110108202603020000019";
/// 2026-03-02 09:00:00 at +08:00.
pub(crate) const NINE: i64 = 1_772_413_200_000;
const HOUR: i64 = 3_600_000;

fn finding() -> Value {
    json!({ "code": "E_FILE_COUNT", "place": { "file": "回盘.csv", "row": 3, "column": "业务编号" },
            "args": [["declared", "10"], ["found", "9"]] })
}

fn line(look_first: bool) -> Value {
    json!({ "task": "t17", "kind": "worksheet", "dept": "park", "case_no": CASE_NO, "matter": "park.hitech", "round": 1,
            "op": "submit", "claimed_by": "张三", "until": NINE + HOUR, "look_first": look_first, "since": NINE })
}

pub(crate) fn case() -> Value {
    json!({ "reply": "case", "is": {
        "case_no": CASE_NO, "ent_class": "000001", "opened_at": NINE, "withdrawn": null,
        "items": [
            { "item": "ent_name", "zh": "企业名称", "en": "enterprise name", "value": "北京海淀糖葫芦科技有限公司", "source": "hub",
              "matter": null, "version": 1, "proposal": true },
            { "item": "rep_id_no", "zh": "法定代表人证件号码", "en": "representative's id", "value": "110***********1234",
              "source": "aic", "matter": "aic.name", "version": 2, "proposal": false },
        ],
        "conflicts": [["reg_capital", "ltax"]],
        "obligations": [
            { "matter": "aic.name", "round": 1, "opened_at": NINE, "account": "booked", "standing": "approved", "reason": null,
              "ended": null, "attempts": [
                { "attempt": "a1", "op": "submit", "channel": "frontend", "batch": "b1", "state": "unknown", "since": NINE,
                  "receipt_no": null, "claimed_by": null, "parent": null, "findings": [], "reason": null },
                { "attempt": "a2", "op": "submit", "channel": "manual", "batch": "b2", "state": "acknowledged",
                  "since": NINE + HOUR, "receipt_no": "名称预核〔2026〕17", "claimed_by": "李四", "parent": "a1", "findings": [],
                  "reason": "已\u{1b}[31m收" },
            ] },
            { "matter": "park.hitech", "round": 2, "opened_at": NINE + HOUR, "account": "refused", "standing": null,
              "reason": null, "ended": "dropped: 重复", "attempts": [
                { "attempt": "a3", "op": "supplement", "channel": "link", "batch": null, "state": "refused", "since": NINE,
                  "receipt_no": null, "claimed_by": null, "parent": null, "findings": [finding()], "reason": null },
            ] },
        ],
        "story": [
            { "at": NINE, "pos": "1/0", "event": "case_opened", "detail": "000001" },
            { "at": NINE + HOUR, "pos": "7/2", "event": "attempt_moved", "detail": "a2 acknowledged person 李四" },
        ],
    }})
}

pub(crate) fn why() -> Value {
    json!({ "reply": "why", "is": { "case_no": CASE_NO, "lines": [
        { "matter": "aic.licence", "waits_for": "item", "what": "name_approval_no", "with": "aic.name", "since": null,
          "next": null, "finding": null },
        { "matter": "park.hitech", "waits_for": "channel", "what": "link", "with": "park", "since": NINE,
          "next": NINE + HOUR, "finding": { "code": "C_UNREACHABLE", "place": {},
          "args": [["endpoint", "https://park.example:8443"], ["detail", "timed out"]] } },
        { "matter": "ltax.reg", "waits_for": "turn", "what": "frontend", "with": "ltax", "since": NINE, "next": NINE + HOUR,
          "finding": null, "trusted": { "fingerprint": "SHA256:new", "instead_of": "SHA256:old", "by": "张三", "at": NINE } },
        { "matter": "ltax.register", "waits_for": "result", "what": "in_review", "with": "ltax", "since": NINE, "next": null,
          "finding": null },
    ]}})
}

pub(crate) fn tasks() -> Value {
    let mut form = line(false);
    form["task"] = json!("t18");
    form["kind"] = json!("form");
    form["op"] = json!("result");
    form["claimed_by"] = Value::Null;
    form["until"] = Value::Null;
    json!({ "reply": "tasks", "is": [line(true), form] })
}

pub(crate) fn worksheet() -> Value {
    json!({ "reply": "task", "is": { "line": line(true), "dept": "park", "channel": "manual", "feed": null, "results": [],
        "fields": [
            { "name": "业务编号", "value": CASE_NO, "double_entry": false, "required": true },
            { "name": "企业名称", "value": "北京海淀糖葫芦科技有限公司", "double_entry": false, "required": true },
            { "name": "法定代表人电话", "value": "138****5678", "double_entry": false, "required": false },
            { "name": "注册资本（万元）", "value": "", "double_entry": false, "required": false },
        ] } })
}

pub(crate) fn form() -> Value {
    let mut line = line(false);
    line["kind"] = json!("form");
    line["op"] = json!("result");
    json!({ "reply": "task", "is": { "line": line, "dept": "park", "channel": "manual", "feed": "form",
        "results": ["准予", "补正"],
        "fields": [
            { "name": "处理结果", "value": "", "double_entry": false, "required": true },
            { "name": "高新技术企业认定证书号", "value": "", "double_entry": true, "required": true },
            { "name": "说明", "value": "", "double_entry": false, "required": false },
        ] } })
}

pub(crate) fn claimed() -> Value {
    json!({ "reply": "claimed", "is": { "until": NINE + HOUR, "look_first": true } })
}

pub(crate) fn done() -> Value {
    json!({ "reply": "done", "is": { "count": 3 } })
}

pub(crate) fn refused() -> Value {
    json!({ "reply": "refused", "is": [
        { "id": "a3", "way": "out", "dept": "park", "case_no": CASE_NO, "what": "park.hitech", "code": "3004",
          "findings": [], "reason": "行业代码不在目录内", "since": NINE },
        { "id": "b7:3", "way": "in", "dept": "ltax", "case_no": "", "what": "回盘.csv", "code": "1003",
          "findings": [finding(), finding()], "reason": "", "since": NINE + HOUR },
    ]})
}

pub(crate) fn codes() -> Value {
    json!({ "reply": "codes", "is": [
        { "table": "ent_type", "side": "canonical", "code": "199", "rows": 12, "deliveries": 0, "since": NINE,
          "example": "hub b7:3", "proposed": null },
        { "table": "park_id_type", "side": "canonical", "code": "516", "rows": 0, "deliveries": 2, "since": NINE + HOUR,
          "example": "park a12",
          "proposed": { "canonical": "4", "by": "张三", "reason": "海淀园来函", "at": NINE + HOUR } },
    ]})
}

pub(crate) fn mapped(confirmed: bool) -> Value {
    json!({ "reply": "mapped", "is": { "confirmed": confirmed, "released": if confirmed { 14 } else { 0 } } })
}

pub(crate) fn case_parked() -> Value {
    let mut reply = case();
    reply["is"]["parked"] =
        json!([{ "id": "b9:1", "dept": "hub", "matter": "", "codes": ["ent_type 199", "id_type 7"], "since": NINE }]);
    reply
}

pub(crate) fn refused_one() -> Value {
    let mut reply = refused();
    let second = reply["is"][1].clone();
    reply["is"] = json!([second]);
    reply
}

fn review() -> Value {
    json!({ "review": "r3", "case_no": CASE_NO, "item": "reg_capital", "zh": "注册资本", "en": "registered capital",
            "value": "100.000000", "version": 1, "asker": "ltax", "matter": "ltax.reg", "by": "b9:2", "source": "hub",
            "form": null, "reason": "与章程不符", "since": NINE, "due": "2026-03-16", "overdue": true, "state": "open",
            "answer": null })
}

fn review_answered() -> Value {
    let mut review = review();
    review["review"] = json!("r4");
    review["item"] = json!("rep_id_no");
    review["zh"] = json!("法定代表人证件号码");
    review["en"] = json!("representative's id");
    review["source"] = json!("aic.name");
    review["by"] = json!("张三");
    review["overdue"] = json!(false);
    review["state"] = json!("corrected");
    review["answer"] = json!({ "at": NINE + HOUR, "by": null, "reason": "", "version": 2,
                               "amendment": "ltax.reg/1 #2 amend handed_over" });
    review
}

fn review_confirmed() -> Value {
    let mut review = review_answered();
    review["review"] = json!("r5");
    review["state"] = json!("confirmed");
    review["answer"] =
        json!({ "at": NINE + HOUR, "by": "李四", "reason": "已核对原件", "version": null, "amendment": null });
    review
}

pub(crate) fn reviews() -> Value {
    json!({ "reply": "reviews", "is": [review(), review_answered(), review_confirmed()] })
}

pub(crate) fn review_in_queue() -> Value {
    let mut reply = review_one(0);
    reply["is"][0]["source"] = json!("aic.licence");
    reply["is"][0]["form"] = json!("t7");
    reply
}

pub(crate) fn review_one(which: usize) -> Value {
    let mut reply = reviews();
    let one = reply["is"][which].clone();
    reply["is"] = json!([one]);
    reply
}

pub(crate) fn reviews_asked(new: usize) -> Value {
    json!({ "reply": "asked", "is": { "new": new, "reviews": [review()] } })
}

pub(crate) fn case_reviewed() -> Value {
    let mut reply = case();
    reply["is"]["reviews"] = reviews()["is"].clone();
    reply
}

pub(crate) fn unsettled() -> Value {
    json!({ "reply": "unsettled", "is": [
        { "attempt": "a9", "case_no": CASE_NO, "matter": "ntax.register", "channel": "disk", "number": "NTAX20260302001",
          "state": "unconfirmed", "since": NINE },
    ]})
}

pub(crate) fn receipts() -> Value {
    json!({ "reply": "receipts", "is": [
        { "batch": "b4", "dept": "ntax", "channel": "disk", "number": "NTAX20260302001", "records": 120, "open": 7, "copies": 2,
          "left": NINE + HOUR, "place": "/media/usb", "prepared": NINE, "overdue": true },
        { "batch": "b5", "dept": "park", "channel": "link", "number": "5", "records": 1, "open": 1, "copies": 0, "left": null,
          "place": null, "prepared": NINE, "overdue": false },
    ]})
}

/// One that nobody took, one of which two copies went out, one that was taken back.
pub(crate) fn disks() -> Value {
    let disk = |batch: &str, number: &str, copies: u32| {
        json!({ "batch": batch, "dept": "ntax", "channel": "disk", "number": number, "records": 120, "open": 7,
            "copies": copies, "left": NINE, "place": "/media/usb", "prepared": NINE, "overdue": false })
    };
    let (mut taken, mut cancelled) = (disk("b5", "SW0302A2", 2), disk("b6", "SW0302A3", 1));
    taken["overdue"] = true.into();
    taken["media"] = json!([
        { "copy": 1, "custody": "lost", "since": NINE + HOUR, "late": false, "said_by": "张三", "note": "出租车上" },
        { "copy": 2, "custody": "taken", "since": NINE + 2 * HOUR, "by": "李四", "back_by": "2026-03-09", "late": true,
          "said_by": "张三" },
    ]);
    cancelled["cancelled"] = true.into();
    json!({ "reply": "receipts", "is": [disk("b4", "SW0302A1", 1), taken, cancelled] })
}

pub(crate) fn slip() -> Value {
    let disks = disks();
    json!({ "reply": "slip", "is": { "node": "bj-hd-01", "day": "2026-03-02", "batch": disks["is"][1], "bytes": 4711,
        "file": "SW0302A2/tagmanifest-sha256.txt", "answer": "HP0302A2.DBF",
        "digest_kind": "SHA-256", "digest": "7f3a91c20be45d10aa01bb02cc03dd04ee05ff061122334455667788990011aa" } })
}

pub(crate) fn balance(unexplained: i64) -> Value {
    let line = |dept: &str, mode: &str, opened: u64, booked: u64| json!({ "dept": dept, "mode": mode, "opened": opened, "booked": booked, "unproved": 1, "refused": 2, "waiting": 3 });
    json!({ "reply": "balance", "is": {
        "lines": [line("aic", "frontend", 106, 100), line("park", "-", 11, 5)], "total": line("=", "-", 117, 105),
        "unexplained": unexplained, "refused_rows": 4, "unmatched": 0 } })
}

pub(crate) fn batches(verdict: &str, refused: u64) -> Value {
    let findings = if refused > 0 { json!([finding()]) } else { json!([]) };
    json!({ "reply": "batches", "is": [
        { "dept": "ltax", "channel": "disk", "name": "回盘.csv", "batch": "b7", "verdict": verdict, "rows": 10, "refused": refused,
          "findings": findings },
    ]})
}

/// Two were taken; what comes after a missing number waits for it.
pub(crate) fn held_back() -> Value {
    let line = |name: &str, batch: &str, verdict: &str, rows: u32, findings: Value| {
        json!({ "dept": "ltax", "channel": "frontend", "name": name, "batch": batch, "verdict": verdict, "rows": rows,
            "refused": 0, "findings": findings })
    };
    let waits = json!([{ "code": "C_HELD_BACK", "place": {}, "args": [["file", "DJJG_0004.csv"], ["age", "10m"], ["missing", "3"],
        ["limit", "2h"]] }]);
    json!({ "reply": "batches", "is": [
        line("DJJG_0001.csv", "b7", "accepted", 10, json!([])),
        line("DJJG_0002.csv", "b8", "accepted", 12, json!([])),
        line("DJJG_0004.csv", "", "left", 0, waits),
    ]})
}

pub(crate) fn stats() -> Value {
    json!({ "reply": "stats", "is": { "groups": 12, "entries": 340, "bytes": 98_304, "segments": 1, "head": "ab01", "cases": 20,
        "open_cases": 3, "watermark": 11, "suite": "sha256" } })
}

/// The same where data and evidence have a term.
pub(crate) fn stats_kept() -> Value {
    let last = |what: &str, cases: u64, archive: Value| {
        json!({ "pos": { "group": 9, "ordinal": 1 }, "at": 1_772_424_000_000_i64, "lapse": { "what": what, "days": 1095,
            "before": "2023-03-03", "cases": cases, "entries": 31, "archive": archive } })
    };
    let mut stats = stats();
    stats["is"]["keep"] = json!({ "data": 1095, "archive": "/srv/archive", "evidence": null, "last": [
        last("data", 4, json!(["fe-01-20260302-120000.arc", "ab01"])), last("evidence", 0, Value::Null)],
        "trouble": { "code": "L_READ", "place": {}, "args": [["detail", "/srv/archive: full"]] } });
    stats
}

/// The nine blocks of the scenario, and what comes after them.
pub(crate) fn flow() -> Value {
    let block = |matter: &str, zh: &str, en: &str, step: usize, limit: u32, follows: &[&str]| json!({ "matter": matter, "zh": zh, "en": en, "step": step, "limit": limit, "follows": follows });
    json!({ "ent_class": "000001", "steps": 5, "departments": 8, "serial_days": 46, "parallel_days": 32,
        "blocks": [
            block("aic.name", "企业名称预先核准", "name approval", 1, 5, &[]),
            block("aic.licence", "企业设立登记", "business licence", 2, 8, &["aic.name"]),
            block("epb.eia", "建设项目环境影响登记", "environmental impact registration", 2, 5, &["aic.name"]),
            block("park.hitech", "高新技术企业认定", "high-tech certification", 3, 8, &["aic.licence"]),
            block("psb.seal", "刻制公章备案", "company seals", 4, 3, &["park.hitech", "aic.licence"]),
            block("qts.orgcode", "组织机构代码", "organisation code", 4, 3, &["park.hitech", "aic.licence"]),
            block("ltax.register", "地方税务登记", "local tax registration", 5, 8, &["qts.orgcode", "park.hitech"]),
            block("ntax.register", "国家税务登记", "national tax registration", 5, 3, &["qts.orgcode"]),
            block("stat.register", "统计登记", "statistical registration", 5, 3, &["qts.orgcode"]),
        ],
        "afterwards": [
            block("hrss.register", "社会保险登记", "social insurance registration", 6, 5, &["ltax.register", "ntax.register", "stat.register"]),
        ] })
}

pub(crate) fn backup() -> Value {
    json!({ "reply": "backup", "is": { "place": "/backups/周一", "group": 4711, "at": NINE, "head": "th1:AAAA",
        "files": 3, "bytes": 123_456_789 } })
}

pub(crate) fn doubt() -> Value {
    json!({ "reply": "doubt", "is": {
        "findings": [
            { "code": "L_RESTORED", "place": {}, "args": [["from", "/backups/周一"], ["until", "2026-03-02 09:00:00"]] },
            { "code": "L_OLDER", "place": {}, "args": [["who", "hub"], ["what", "cursor 900 > 17"]] },
        ],
        "since": NINE + HOUR, "known_until": NINE, "open_batches": 2, "due": 7, "open_cases": 12,
        "trusted": { "at": NINE, "since": NINE, "first": 9, "person": { "name": "李四", "uid": 1001 }, "reason": "查明" } } })
}

pub(crate) fn in_doubt(mut reply: Value) -> Value {
    let why = json!({ "code": "L_DOUBT", "place": {}, "args": [["why", "L_RESTORED"]] });
    let name = reply["reply"].clone();
    reply["is"]["doubted"] = if name == "why" { why } else { json!([why]) };
    reply
}
