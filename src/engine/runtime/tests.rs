#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::Retry;

const RETRY: Retry = Retry {
    first_ms: 1_000,
    max_ms: 60_000,
};

#[test]
fn what_a_person_must_end_is_not_tried_again_until_he_did() {
    let key: ChannelKey = (DeptId::new("ltax"), "frontend".to_owned());
    let other: ChannelKey = (DeptId::new("stat"), "frontend".to_owned());
    for code in [Code::CHostKey, Code::CAuth] {
        let mut runtime = Runtime::default();
        let fault = Fault::person(Finding::new(code));
        runtime.note(key.clone(), Way::Out, 0, RETRY, 0, Some(&fault));
        runtime.note(key.clone(), Way::In, 0, RETRY, 0, Some(&fault));
        runtime.note(other.clone(), Way::In, 0, RETRY, 0, Some(&fault));
        let unreachable = Fault::retry(Finding::new(Code::CUnreachable));
        for later in [0, 1_000, i64::MAX] {
            assert!(!runtime.may(&key, Way::Out, later) && !runtime.may(&key, Way::In, later));
        }
        runtime.ended(&key, Code::CHostKey);
        let may = code == Code::CHostKey;
        assert_eq!(
            (runtime.may(&key, Way::Out, 1), runtime.may(&key, Way::In, 1)),
            (may, may)
        );
        assert!(!runtime.may(&other, Way::In, 1));
        // A trouble that passes is tried again after its pause, whatever a person trusts.
        runtime.note(key.clone(), Way::Out, 0, RETRY, 0, Some(&unreachable));
        runtime.ended(&key, Code::CHostKey);
        assert!(!runtime.may(&key, Way::Out, 999) && runtime.may(&key, Way::Out, 60_001));
    }
}

/// One file waits for another: the channel itself is well, and its next look comes as ever.
#[test]
fn a_file_that_is_held_back_puts_no_look_off() {
    let key: ChannelKey = (DeptId::new("ltax"), "frontend".to_owned());
    let mut runtime = Runtime::default();
    for now in [0, 1, 2] {
        let fault = Fault::retry(Finding::new(Code::CHeldBack));
        runtime.note(key.clone(), Way::In, now, RETRY, 0, Some(&fault));
        assert!(runtime.may(&key, Way::In, now), "{now}");
    }
    let told = &runtime.troubles[&(key.clone(), Way::In)];
    assert_eq!((told.finding.code, told.since), (Code::CHeldBack, 0), "and it is told");
    runtime.note(key.clone(), Way::In, 3, RETRY, 0, None);
    assert!(runtime.troubles.is_empty());
}
