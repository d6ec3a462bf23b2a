//! What goes wrong with a SOAP interface, one fault after the other. The department's books judge.
use super::park::{CASE2, acknowledged};
use super::qts::{BRIEF, Town, look, result_layout, rows, settings};
use super::support::{CASE, adapter, prepared};
use departments::qts::Trouble;
use model::{Code, Op};
use port::{Fault, Next, Outcome, Prepared, Said};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(3600);

fn is(fault: &Fault, code: Code, next: Next) {
    assert_eq!((fault.finding.code, fault.next), (code, next), "{fault}");
}

fn again(batch: &Prepared) -> Prepared {
    Prepared {
        again: true,
        ..batch.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn committed_then_dropped_is_unknown_and_is_not_sent_again() {
    let town = Town::forgetful();
    let link = town.link();
    let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
    town.qts.trouble(Trouble::CommitThenDrop, 1);
    assert_eq!(link.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
    assert!(matches!(
        &link.query(&batch).await.unwrap()[..],
        [Said::Booked(Some(_))]
    ));
    acknowledged(&link.deliver(&again(&batch)).await.unwrap()[0]);
    assert_eq!(town.qts.booked().len(), 1, "one that notices nothing has it once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_ends_in_unknown_and_only_what_is_missing_is_sent_again() {
    for (trouble, booked) in [(Trouble::Stall(LONG), 0), (Trouble::CommitThenStall(LONG), 1)] {
        let town = Town::forgetful();
        let link = town.link_with(BRIEF);
        let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
        link.probe().await.unwrap();
        town.qts.trouble(trouble, 1);
        assert_eq!(link.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
        assert_eq!(town.qts.booked().len(), booked);
        acknowledged(&link.deliver(&again(&batch)).await.unwrap()[0]);
        assert_eq!(town.qts.booked().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_department_cannot_speak_of_is_not_sent() {
    let town = Town::forgetful();
    let link = town.link_with("concurrency = 1");
    let ops = [
        (Op::Submit, CASE, "x"),
        (Op::Amend, CASE, "y"),
        (Op::Submit, CASE2, "x"),
    ];
    let batch = prepared(&*link, &rows(&ops));
    // The first cannot be asked about: nothing behind it in the same case may overtake it. The other case goes on.
    town.qts.trouble(Trouble::Html, 1);
    let outcomes = link.deliver(&again(&batch)).await.unwrap();
    assert_eq!(outcomes[..2], [Outcome::Unknown, Outcome::Unknown]);
    acknowledged(&outcomes[2]);
    let booked: Vec<_> = town.qts.booked().into_iter().map(|e| e.case_no).collect();
    assert_eq!(booked, [CASE2]);
    // Nobody there to ask: the call as a whole got nowhere.
    town.qts.trouble(Trouble::Busy(5), 1);
    let fault = link.deliver(&again(&batch)).await.unwrap_err();
    is(&fault, Code::CBusy, Next::Retry);
    assert_eq!(town.qts.booked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_that_recognises_repeats_is_not_asked_first() {
    let town = Town::new();
    let link = town.link_with("recognises_repeats = true");
    let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
    acknowledged(&link.deliver(&again(&batch)).await.unwrap()[0]);
    assert_eq!(
        link.deliver(&again(&batch)).await.unwrap(),
        [Outcome::Acknowledged(None)]
    );
    assert_eq!(
        (town.qts.booked().len(), town.qts.asked()),
        (1, vec!["submitOrgCode".to_owned(); 2])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_that_cannot_be_asked_and_recognises_repeats_is_called_again() {
    let town = Town::new();
    let text = settings(&town.qts.url, "recognises_repeats = true\nconcurrency = 1");
    let (query, rest) = (text.find("[soap.query]").unwrap(), text.find("[soap.results]").unwrap());
    let text = format!("{}{}", &text[..query], &text[rest..]);
    let link = adapter(&text, "results", result_layout());
    assert!(!link.abilities().queries);
    let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
    town.qts.trouble(Trouble::None, 1);
    town.qts.trouble(Trouble::Busy(1), 1);
    is(&link.deliver(&batch).await.unwrap_err(), Code::CBusy, Next::Retry);
    let outcomes = link.deliver(&again(&batch)).await.unwrap();
    assert!(
        outcomes.iter().all(|o| matches!(o, Outcome::Acknowledged(_))),
        "{outcomes:?}"
    );
    assert_eq!(town.qts.booked().len(), 2);
    assert_eq!(link.query(&batch).await.unwrap(), vec![Said::CannotSay; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_stops_at_once_and_passes_the_pause_on() {
    for (trouble, pause, asked) in [(Trouble::Busy(7), Some(7), 0), (Trouble::Closed, None, 0)] {
        let town = Town::forgetful();
        let link = town.link_with("concurrency = 1");
        let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
        town.qts.trouble(trouble.clone(), 1);
        let fault = link.deliver(&batch).await.unwrap_err();
        is(&fault, Code::CBusy, Next::Retry);
        assert_eq!(fault.retry_after, pause.map(Duration::from_secs));
        assert_eq!(town.qts.asked().len(), asked, "the second was not even sent");
        let outcomes = link.deliver(&again(&batch)).await.unwrap();
        outcomes.iter().for_each(|o| drop(acknowledged(o).to_owned()));
        assert_eq!(town.qts.booked().len(), 2);
        town.qts.trouble(trouble.clone(), 2);
        is(&link.collect(&look(1)).await.err().unwrap(), Code::CBusy, Next::Retry);
        is(&link.probe().await.unwrap_err(), Code::CBusy, Next::Retry);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn turned_away_is_a_persons_matter() {
    let town = Town::new();
    let link = town.link_with("concurrency = 1");
    town.qts.trouble(Trouble::Unauthorized, 1);
    let both = rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]);
    let fault = link.deliver(&prepared(&*link, &both)).await.unwrap_err();
    is(&fault, Code::CAuth, Next::Person);
    assert!(town.qts.asked().is_empty(), "no second try, and no second record");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outside_the_interface_is_never_a_yes_and_never_a_no() {
    for trouble in [
        Trouble::Html,
        Trouble::Cut,
        Trouble::Crossed,
        Trouble::Broken,
        Trouble::Dtd,
    ] {
        let town = Town::new();
        let link = town.link_with("concurrency = 1");
        let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
        town.qts.trouble(trouble.clone(), 3);
        is(&link.deliver(&batch).await.unwrap_err(), Code::CProtocol, Next::Retry);
        is(
            &link.collect(&look(1)).await.err().unwrap(),
            Code::CProtocol,
            Next::Retry,
        );
        is(&link.probe().await.unwrap_err(), Code::CProtocol, Next::Retry);
        assert!(town.qts.booked().is_empty());
        // Another record of the same call goes on: one broken answer stops only its own.
        let both = prepared(&*link, &rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
        town.qts.trouble(trouble, 1);
        let outcomes = link.deliver(&both).await.unwrap();
        assert_eq!(outcomes[0], Outcome::Unknown);
        acknowledged(&outcomes[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_larger_than_agreed_is_given_up() {
    let town = Town::new();
    let link = town.link_with("limits = { body = \"100 B\" }");
    let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
    is(&link.deliver(&batch).await.unwrap_err(), Code::CProtocol, Next::Retry);
    let roomy = town.link_with("limits = { body = \"4 KiB\" }");
    acknowledged(&roomy.deliver(&again(&batch)).await.unwrap()[0]);
    assert_eq!(town.qts.booked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_shows_a_value() {
    let town = Town::new();
    let link = town.link_with(BRIEF);
    let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "北京测试")]));
    for trouble in [
        Trouble::Html,
        Trouble::Broken,
        Trouble::Busy(1),
        Trouble::Crossed,
        Trouble::Dtd,
    ] {
        town.qts.trouble(trouble, 1);
        let text = format!("{:?}", link.deliver(&batch).await.unwrap_err());
        for value in ["北京测试", "㛃测试", CASE, "token-submit", "ORA-12541"] {
            assert!(!text.contains(value), "{text}");
        }
    }
}
