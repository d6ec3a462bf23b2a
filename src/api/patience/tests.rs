#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::TestClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_caller_who_does_not_take_its_answer_is_cut() {
    let clock = TestClock::new();
    let (_other, ours) = duplex(4);
    let mut stream = Patient::new(ours, Turn::default(), clock.clone(), PATIENCE);
    let (written, ()) = tokio::join!(stream.write_all(b"more than fits"), async {
        clock.begun(1).await;
        clock.advance(PATIENCE);
    });
    assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
    // A server that says goodbye asks once more.
    let flushed = stream.flush().await;
    assert_eq!(flushed.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn every_turn_of_the_caller_is_counted_anew() {
    let clock = TestClock::new();
    let (mut other, ours) = duplex(64);
    let turn = Turn::default();
    let mut stream = Patient::new(ours, turn.clone(), clock.clone(), PATIENCE);
    let mut byte = [0];
    for _ in 0..3 {
        clock.advance(PATIENCE - Duration::from_secs(1));
        other.write_all(b"x").await.unwrap();
        stream.read_exact(&mut byte).await.unwrap();
        let in_hand = InHand::begin(&turn);
        clock.advance(PATIENCE * 10);
        other.write_all(b"x").await.unwrap();
        stream.read_exact(&mut byte).await.unwrap();
        drop(in_hand);
    }
    // Byte by byte does not win time.
    other.write_all(b"x").await.unwrap();
    stream.read_exact(&mut byte).await.unwrap();
    clock.advance(PATIENCE - Duration::from_secs(1));
    other.write_all(b"x").await.unwrap();
    stream.read_exact(&mut byte).await.unwrap();
    clock.advance(Duration::from_secs(1));
    other.write_all(b"x").await.unwrap();
    assert_eq!(
        stream.read_exact(&mut byte).await.unwrap_err().kind(),
        io::ErrorKind::TimedOut
    );
}
