#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

fn fault(code: Code) -> Fault {
    Fault::retry(Finding::new(code))
}

fn sum(sent: Vec<Sent<&'static str>>, can_ask: bool) -> Result<Vec<&'static str>, Code> {
    sum_up(sent, can_ask, "open").map_err(|f| f.finding.code)
}

#[test]
fn what_the_records_add_up_to() {
    let yes = || Sent::Answered("yes");
    let busy = || Sent::NotTaken(fault(Code::CBusy));
    let odd = || Sent::Nothing(fault(Code::CProtocol));
    // Nothing said and something to show: the call got nowhere.
    assert_eq!(sum(vec![busy(), busy()], true), Err(Code::CBusy));
    assert_eq!(sum(vec![odd(), odd()], true), Err(Code::CProtocol));
    assert_eq!(sum(vec![odd(), busy()], true), Err(Code::CBusy));
    // What was said stands; what is open can be asked about.
    assert_eq!(sum(vec![yes(), busy(), busy()], true), Ok(vec!["yes", "open", "open"]));
    assert_eq!(sum(vec![yes(), odd()], true), Ok(vec!["yes", "open"]));
    assert_eq!(sum(vec![Sent::Silent, busy()], true), Ok(vec!["open", "open"]));
    assert_eq!(sum(vec![Sent::Silent], true), Ok(vec!["open"]));
    // Nobody can be asked: what was certainly not taken is not left as if it might be.
    assert_eq!(sum(vec![yes(), busy()], false), Err(Code::CBusy));
    assert_eq!(sum(vec![Sent::Silent, busy()], false), Err(Code::CBusy));
    assert_eq!(sum(vec![Sent::Silent], false), Ok(vec!["open"]));
    assert_eq!(sum(vec![yes(), Sent::Silent], false), Ok(vec!["yes", "open"]));
    assert_eq!(sum(vec![], true), Ok(vec![]));
}

#[test]
fn an_endpoint_is_named_without_its_values() {
    assert_eq!(
        endpoint(&Method::PUT, "/api/v1/cases/110?x=y", "110"),
        "PUT /api/v1/cases/{case_no}"
    );
}
