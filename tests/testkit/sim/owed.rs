//! What should have become of a case, from the world's side only: which matters it passes through, what each should have
//! been sent and what it decided are derived here once more, in other words than the engine's.

use crate::sim::quiet::heard;
use crate::sim::town::opens;
use crate::sim::world::{Entry, HubCase, State};
use engine::view::{CaseView, ObligationView};
use ledger::account::Account;

/// Matters in the order of the skewer.
const MATTERS: [&str; 6] = [
    "aic.name",
    "aic.licence",
    "park.hitech",
    "psb.seal",
    "ltax.reg",
    "ntax.reg",
];

/// Whether a case came to what it should have come to.
pub fn judge_case(state: &State, hub: &HubCase, case: &CaseView, found: &mut Vec<String>) {
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
