#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::io::Write;

/// What the child does, by the word it finds on its standard input.
#[test]
fn child() {
    if !std::env::args().any(|word| word == "--skip=be-the-child") {
        return;
    }
    confine(Bounds {
        memory: 512 << 20,
        cpu_seconds: 1,
    })
    .unwrap();
    let mut word = String::new();
    Given.read_to_string(&mut word).unwrap();
    // Once more, from its beginning: a number for it of its own could not be had any more.
    let mut again = String::new();
    assert_eq!(Given.seek(SeekFrom::End(0)).unwrap(), word.len() as u64);
    Given.rewind().unwrap();
    Given.read_to_string(&mut again).unwrap();
    assert_eq!(again, word);
    let mut out = std::io::stdout();
    match word.as_str() {
        "memory" => {
            let mut held: Vec<Vec<u8>> = Vec::new();
            loop {
                held.push(vec![1; 16 << 20]);
            }
        }
        "time" => loop {
            std::hint::black_box(0);
        },
        "open" => write!(out, "open {}", File::open("/proc/self/stat").is_ok()).unwrap(),
        word => write!(out, "read {word}").unwrap(),
    }
    out.flush().unwrap();
    std::process::exit(0);
}

fn ask(word: &str) -> (String, String) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(word.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let words = ["worker::tests::child", "--exact", "--nocapture", "--skip=be-the-child"];
    let (worker, mut answers) = Worker::start(&std::env::current_exe().unwrap(), &words, file).unwrap();
    let mut said = Vec::new();
    answers.read_to_end(&mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    // The test harness says something of its own before.
    let said = said.rsplit('\n').next().unwrap_or_default().to_owned();
    (said, worker.end())
}

#[test]
fn a_worker_reads_the_file_and_nothing_else() {
    assert_eq!(ask("x"), ("read x".to_owned(), "exit status: 0".to_owned()));
    assert_eq!(ask("open"), ("open false".to_owned(), "exit status: 0".to_owned()));
}

#[test]
fn one_that_wants_too_much_ends_alone() {
    for (word, end) in [("memory", "signal: 6"), ("time", "signal: ")] {
        let (said, ended) = ask(word);
        assert!(!said.starts_with("read"), "{word}: {said}");
        assert!(ended.starts_with(end), "{word}: {ended}");
    }
}

#[test]
fn a_worker_nobody_waits_for_is_ended() {
    let (worker, answers) = Worker::start(Path::new("/bin/sleep"), &["600"], tempfile::tempfile().unwrap()).unwrap();
    let pid = worker.child.id();
    drop((worker, answers));
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}
