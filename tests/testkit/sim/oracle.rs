//! The judge: compares what the ledger says with what stands in the departments' books and what the platform was told.
//!
//! It reckons from the world's side only: which matters a case passes through, what each should have been sent and what
//! it decided are derived here once more, in other words than the engine's.

use crate::sim::kept::{Found, Kept};
use crate::sim::node::Node;
use crate::sim::town::opens;
use crate::sim::world::{Decision, Entry, HubCase, State};
use engine::verb::{Reply, Request};
use engine::view::{Balance, CaseView, ObligationView};
use ledger::account::Account;
use ledger::{CaseFile, Ledger as _};

/// Matters in the order of the skewer.
const MATTERS: [&str; 6] = [
    "aic.name",
    "aic.licence",
    "park.hitech",
    "psb.seal",
    "ltax.reg",
    "ntax.reg",
];

/// Why all is not quiet yet; `None` where nothing more will happen.
pub async fn quiet(node: &Node) -> Option<String> {
    {
        let state = node.world.lock();
        if let Some(busy) = outside(&state) {
            return Some(busy);
        }
    }
    let Some(Ok(Reply::Status(status))) = node.ask("张三", Request::Status).await else {
        return Some("no status".to_owned());
    };
    if status.due > 0 {
        return Some(format!("{} due, in trouble: {:?}", status.due, status.troubles));
    }
    let cases = match cases(node).await {
        Ok(cases) => cases,
        Err(why) => return Some(why),
    };
    for case in &cases {
        for o in &case.obligations {
            let open = o.attempts.iter().find(|a| a.state.is_open());
            if let Some(open) = open {
                return Some(format!(
                    "{} {} {} is {}",
                    case.case_no, o.matter, open.attempt, open.state
                ));
            }
            // What was only taken is still to be proved, by a result or by somebody who looks.
            if matches!(o.account, Account::Waiting | Account::Unproved) {
                return Some(format!("{} {} waits: {:?}", case.case_no, o.matter, o.account));
            }
        }
    }
    match node.ask("张三", Request::RefusedList { dept: None }).await {
        Some(Ok(Reply::Refused(lines))) if lines.is_empty() => None,
        other => Some(format!("refusals: {other:?}")),
    }
}

fn outside(state: &State) -> Option<String> {
    let withdrawn = |case_no: &str| state.hub.get(case_no).is_some_and(|c| c.withdrawn.is_some());
    let busy = [
        (state.busy > 0, "people"),
        (state.owed > 0, "lost disks"),
        (
            !state.outbox.is_empty() || state.taken.values().any(|(_, s)| s.is_some()),
            "files",
        ),
        (
            !state.pending.is_empty() || !state.late.is_empty() || !state.ltax_results.is_empty(),
            "decisions",
        ),
        (state.letters.iter().any(|l| !l.gone), "letters"),
        (
            !state.disks.is_empty() || state.returns.iter().any(|r| r.trips > 0),
            "disks",
        ),
        (state.papers.iter().any(|p| !p.done && !withdrawn(&p.what.0)), "papers"),
        (state.hub.values().any(|c| !c.idle), "the platform"),
        (
            state
                .decisions
                .iter()
                .any(|d| !withdrawn(&d.what.0) && heard(state, d) == 0),
            "the change feed",
        ),
    ];
    let busy = busy
        .into_iter()
        .find(|(yes, _)| *yes)
        .map(|(_, what)| what.to_owned())?;
    let unheard: Vec<_> = state
        .decisions
        .iter()
        .filter(|d| heard(state, d) == 0)
        .map(|d| (&d.what, d.round))
        .collect();
    Some(format!("{busy}; unheard {unheard:?}"))
}

/// How often the platform read a decision in the change feed.
fn heard(state: &State, d: &Decision) -> usize {
    let same = |(c, m, r, s): &&(String, String, u32, String)| {
        *c == d.what.0 && *m == d.what.1 && *r == d.round && s == d.standing
    };
    state.feed.iter().filter(same).count()
}

async fn cases(node: &Node) -> Result<Vec<CaseView>, String> {
    let known: Vec<String> = {
        let state = node.world.lock();
        state
            .hub
            .iter()
            .filter(|(_, c)| c.accepted)
            .map(|(no, _)| no.clone())
            .collect()
    };
    let mut cases = Vec::new();
    for case_no in known {
        let request = Request::Case {
            case_no: case_no.clone(),
            reveal: None,
        };
        match node.ask("张三", request).await {
            Some(Ok(Reply::Case(case))) => cases.push(case),
            other => return Err(format!("{case_no} was accepted and is not there: {other:?}")),
        }
    }
    Ok(cases)
}

async fn balance(node: &Node) -> Option<Balance> {
    match node.ask("张三", Request::Balance).await {
        Some(Ok(Reply::Balance(balance))) => Some(balance),
        _ => None,
    }
}

/// Judges a world at rest.
pub async fn judge(node: &Node) {
    let cases = match cases(node).await {
        Ok(cases) => cases,
        Err(why) => return node.world.violation(why),
    };
    let mut found = Vec::new();
    {
        let state = node.world.lock();
        for case in &cases {
            match state.hub.get(&case.case_no) {
                Some(hub) => judge_case(&state, hub, case, &mut found),
                None => found.push(format!("{} is nobody's", case.case_no)),
            }
        }
        for entry in &state.entries {
            let accepted = state.hub.get(&entry.what.0).is_some_and(|c| c.accepted);
            if !accepted {
                found.push(format!(
                    "{} {} was booked and never accepted",
                    entry.what.0, entry.what.1
                ));
            }
        }
    }
    if let Some(balance) = balance(node).await {
        let obligations: usize = cases.iter().map(|c| c.obligations.len()).sum();
        if balance.total.opened != obligations as u64 || balance.total.waiting != 0 || balance.unexplained != 0 {
            found.push(format!(
                "the balance does not hold: {:?}, {obligations} obligations",
                balance.total
            ));
        }
    } else {
        found.push("no balance".to_owned());
    }
    match node.ask("张三", Request::LedgerVerify).await {
        Some(Ok(Reply::Verified(verified))) if verified.damage.is_empty() => {}
        other => found.push(format!("the chain does not verify: {other:?}")),
    }
    found.extend(reopened(node, &cases).await);
    for what in found {
        node.world.violation(what);
    }
}

fn judge_case(state: &State, hub: &HubCase, case: &CaseView, found: &mut Vec<String>) {
    let no = &case.case_no;
    for o in &case.obligations {
        judge_obligation(state, hub, no, o, found);
    }
    for entry in state.entries.iter().filter(|e| e.what.0 == *no && opens(&e.op)) {
        if !case
            .obligations
            .iter()
            .any(|o| o.matter == entry.what.1 && o.round == entry.round)
        {
            found.push(format!(
                "{no} {} round {} was booked and is not owed",
                entry.what.1, entry.round
            ));
        }
    }
    if hub.withdrawn.is_some() {
        if case.withdrawn.is_none() {
            found.push(format!("the withdrawal of {no} is lost"));
        }
    } else {
        for matter in MATTERS.iter().filter(|m| expected(state, hub, no, m)) {
            if !case.obligations.iter().any(|o| o.matter == **matter) {
                found.push(format!("{no} {matter} should have opened"));
            }
        }
    }
    for matter in MATTERS {
        judge_matter(state, hub, case, matter, found);
    }
}

/// Whether a department decided for the applicant.
fn granted(state: &State, no: &str, matter: &str) -> bool {
    state
        .decisions
        .iter()
        .rev()
        .find(|d| d.what.0 == no && d.what.1 == matter)
        .is_some_and(|d| d.standing == "approved")
}

/// Whether a matter must have opened, by the skewer as it stands in the domain's own words.
fn expected(state: &State, hub: &HubCase, no: &str, matter: &str) -> bool {
    match matter {
        "aic.name" => true,
        "aic.licence" => granted(state, no, "aic.name"),
        "park.hitech" => granted(state, no, "aic.licence") && !hub.no_park,
        _ => granted(state, no, "aic.licence") && (hub.no_park || granted(state, no, "park.hitech")),
    }
}

fn judge_obligation(state: &State, hub: &HubCase, no: &str, o: &ObligationView, found: &mut Vec<String>) {
    let name = format!("{no} {} round {}", o.matter, o.round);
    let opening = |e: &&Entry| e.what.0 == *no && e.what.1 == o.matter && e.round == o.round && opens(&e.op);
    let booked = state.entries.iter().filter(opening).count();
    match (o.account, booked) {
        (Account::Booked, 1) | (Account::Refused, 0) => {}
        (account, count) => found.push(format!("{name} counts as {account:?} and is booked {count} times")),
    }
    let decision = state
        .decisions
        .iter()
        .find(|d| d.what.0 == *no && d.what.1 == o.matter && d.round == o.round);
    let said = decision.map(|d| d.standing);
    let known = o.standing.map(|s| s.word());
    if said != known && hub.withdrawn.is_none() {
        found.push(format!("{name} was decided {said:?} and stands as {known:?}"));
    }
    if let (Some(decision), None) = (decision, hub.withdrawn)
        && heard(state, decision) != 1
    {
        found.push(format!(
            "{name}: the platform heard the decision {} times",
            heard(state, decision)
        ));
    }
}

/// After everything, a department must have the case as it is, or know that it is withdrawn.
fn judge_matter(state: &State, hub: &HubCase, case: &CaseView, matter: &str, found: &mut Vec<String>) {
    let no = &case.case_no;
    let entries: Vec<&Entry> = state
        .entries
        .iter()
        .filter(|e| e.what.0 == *no && e.what.1 == matter)
        .collect();
    let (Some(last), Some(o)) = (entries.last(), case.obligations.iter().rfind(|o| o.matter == matter)) else {
        return;
    };
    let decided = state
        .decisions
        .iter()
        .rev()
        .find(|d| d.what.0 == *no && d.what.1 == matter);
    let refused = decided.is_some_and(|d| d.round == o.round && matches!(d.standing, "denied" | "returned"));
    let told = last.op == "withdraw";
    if hub.withdrawn.is_some() {
        if o.account == Account::Booked && !refused && !told {
            found.push(format!("{no} {matter} is booked and was never told of the withdrawal"));
        }
        return;
    }
    if told {
        found.push(format!("{no} {matter} was told of a withdrawal nobody made"));
    }
    if refused || o.account != Account::Booked || state.dropped.contains(&last.what) {
        return;
    }
    for (field, want) in wanted(state, hub, last) {
        if let Some(has) = last.sheet.get(field)
            && has != want
        {
            found.push(format!("{no} {matter} has {has} in {field} where the case says {want}"));
        }
    }
}

/// What should stand in some fields of a department, by the platform's and the departments' own words.
fn wanted(state: &State, hub: &HubCase, entry: &Entry) -> Vec<(&'static str, String)> {
    let (no, matter) = (&entry.what.0, entry.what.1.as_str());
    let given = |item: &str| {
        let of_case = state.decisions.iter().rev().filter(|d| d.what.0 == *no);
        let mut values = of_case.flat_map(|d| &d.gives).filter(|(name, _)| name == item);
        values.next().map(|(_, value)| value.clone())
    };
    let item = |name: &str| hub.items.get(name).cloned().unwrap_or_default();
    let wide = |text: String| {
        text.chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c))
            .collect()
    };
    let ent_name = given("ent_name").unwrap_or_else(|| item("ent_name"));
    let reg_no = given("reg_no").unwrap_or_default();
    let mut wanted: Vec<(&'static str, String)> = match (matter, entry.mode.as_str()) {
        ("park.hitech", "link") => vec![
            ("mainProduct", item("main_product")),
            ("industryCode", item("industry_code")),
            ("legalRep.phone", item("rep_tel")),
            ("regNo", reg_no),
        ],
        ("ltax.reg", "frontend") => {
            vec![
                ("注册地址", item("addr")),
                ("行业代码", item("industry_code")),
                ("注册号", wide(reg_no)),
            ]
        }
        ("ntax.reg", "disk") => {
            vec![
                ("ZCDZ", item("addr")),
                ("HYDM", item("industry_code")),
                ("LXDH", item("tel")),
                ("ZCH", reg_no),
            ]
        }
        ("psb.seal", "frontend") => vec![("RegNo", reg_no)],
        ("aic.name" | "aic.licence", _) => vec![("住所", item("addr")), ("经营范围", item("scope"))],
        (_, _) => vec![
            ("住所", item("addr")),
            ("行业代码", item("industry_code")),
            ("联系电话", item("tel")),
            ("注册号", reg_no),
        ],
    };
    if matter != "aic.name" && !state.edited.contains(&entry.what) {
        let field = match (matter, entry.mode.as_str()) {
            ("park.hitech", "link") => "entName",
            ("psb.seal", "frontend") => "UnitName",
            ("ltax.reg", "frontend") => "纳税人名称",
            ("ntax.reg", "disk") => "NSRMC",
            _ => "企业名称",
        };
        wanted.push((field, ent_name));
    }
    wanted
}

/// Opened again over its own index and over none, the ledger must say the same as before.
async fn reopened(node: &Node, before: &[CaseView]) -> Vec<String> {
    let mut found = Vec::new();
    let counted = balance(node).await;
    node.kill().await;
    node.power_cut(node.world.rng());
    let mut files: Vec<Vec<CaseFile>> = Vec::new();
    for index in [node.index(Found::AsLeft), Kept::default()] {
        match node.open(index) {
            Ok((mut ledger, _)) => {
                let books = ledger.books();
                let all = books
                    .case_numbers()
                    .iter()
                    .filter_map(|no| books.case(no).cloned())
                    .collect();
                files.push(all);
            }
            Err(error) => found.push(format!("the ledger does not open again: {error}")),
        }
    }
    if files.first() != files.last() {
        found.push("books over the index and books from the journal differ".to_owned());
    }
    if let Err(error) = node.boot(Found::Gone) {
        found.push(format!("the node does not start again: {error}"));
        return found;
    }
    match cases(node).await {
        Ok(after) if after == before => {}
        Ok(_) => found.push("a case reads otherwise after opening again".to_owned()),
        Err(why) => found.push(why),
    }
    if balance(node).await != counted {
        found.push("the balance is another after opening again".to_owned());
    }
    found
}
