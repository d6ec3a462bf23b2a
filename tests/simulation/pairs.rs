//! Lives in which two nodes stand beside each other, before the same departments: whether they come upon what they are
//! there for. That nothing is lost or doubled then is judged in every eighth life of the ordinary run.

use crate::crowd::{complain, together};
use crate::shipped;
use testkit::sim::{Course, run};

/// What two nodes must come upon, or such lives show nothing.
const ALL: [&str; 9] = [
    "a receipt for the other",
    "a return file for the other",
    "both died at once",
    "brought to the other",
    "put back",
    "taken over",
    "taken over before it had effect",
    "taken over before it was answered",
    "the other was quicker",
];

#[test]
fn two_nodes_come_upon_each_others_files() {
    let setup = shipped();
    let every = (1..).find(|n| Course::WILD.is_pair(*n)).unwrap();
    let lives = together(1..=60, |n| run(&setup, n * every, false).unwrap());
    println!("{:?}, {} day sheets", lives.met, lives.sheets);
    if let Some((_, report)) = lives.bad.first() {
        panic!("{}", complain("one of two nodes", report));
    }
    let never: Vec<_> = ALL.iter().filter(|what| !lives.met.contains_key(*what)).collect();
    assert_eq!(never, [] as [&&str; 0], "never met");
}
