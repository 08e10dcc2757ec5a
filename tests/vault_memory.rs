//! Memory that is given back holds no key and no passphrase.
//!
//! The allocator of this test looks at every block before it is freed. In the
//! browser and on the command line a wiping allocator stands behind the types
//! and wipes what passes through JSON as well (`browser/memory.test.mjs` looks
//! there); here the types alone must do for what opens a vault.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use otp::{Algorithm, Credential, Factor, Secret};
use support::{Fake, account, now, passphrase};
use vault::key_slots::{self, NewUnlockMethod, Unlock};
use vault::{Contents, VaultError, session, store};

/// A part of the passphrase.
const NEEDLE: &[u8] = b"MPROMISING";
/// The beginning of the vault key, once there is one, as bytes and as the text that the session keeps.
static KEY: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
const SECRET: &[u8] = b"SECRET-OF-ACCOUNT-01";
const WORDS: &str = "UNCOMPROMISING WORDS";

struct Looking;

static LOOK: AtomicBool = AtomicBool::new(false);
static FREED: AtomicUsize = AtomicUsize::new(0);
static FOUND: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Looking = Looking;

// SAFETY: everything is handed on to the system's allocator; what is looked at
// is the block that the caller still owns. Its bytes were zeroed at first, so
// none of them is uninitialised.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if LOOK.load(Ordering::Relaxed) {
            // SAFETY: the block is live and this long until the next line.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            FREED.fetch_add(1, Ordering::Relaxed);
            let holds = |needle: &&[u8]| bytes.windows(needle.len()).any(|part| part == *needle);
            let key = KEY.get().into_iter().flatten().map(Vec::as_slice);
            if [NEEDLE].into_iter().chain(key).any(|needle| holds(&needle)) {
                FOUND.fetch_add(1, Ordering::Relaxed);
            }
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[test]
fn nothing_that_is_freed_holds_a_key_or_a_passphrase() {
    // The looking itself works.
    LOOK.store(true, Ordering::Relaxed);
    drop(WORDS.as_bytes().to_vec());
    assert_eq!(FOUND.swap(0, Ordering::Relaxed), 1, "the test looks at nothing");

    let p = Fake::new();
    p.0.borrow_mut().real_derivation = true;
    p.0.borrow_mut().memory_kib = Some(20 * 1024);
    let words = passphrase(WORDS);
    let key = now(store::create(&p, &[("", NewUnlockMethod::Passphrase(&words))], &Contents::default())).unwrap();
    let text = data_encoding::BASE64.encode(&key.expose()[..15]).into_bytes();
    KEY.set([key.expose()[..16].to_vec(), text]).unwrap();
    for number in 0..40 {
        now(store::change(&p, &key, |contents| {
            let mut account = account(number, "kari@example.no");
            let secret = Secret::new(SECRET.to_vec()).unwrap();
            account.credential = Credential::new(secret, Algorithm::Sha1, 6, Factor::Time { period: 30 }).unwrap();
            contents.accounts.push(account);
            Ok::<_, VaultError>(())
        }))
        .unwrap();
    }
    let contents = now(store::open(&p, &key)).unwrap();
    assert_eq!(contents.accounts.len(), 40);
    drop(contents);
    drop(now(store::unlock(&p, &Unlock::Passphrase(&words))).unwrap());
    // The session's own copy is the browser's, and stays until the end.
    now(session::keep(&p, &key, session::Idle::USUAL)).unwrap();
    now(session::touch(&p)).unwrap();
    drop(now(session::key(&p)).unwrap());
    now(key_slots::rotate(&p, &key, &[("", NewUnlockMethod::Passphrase(&words))])).unwrap();
    drop(words);
    drop(key);
    LOOK.store(false, Ordering::Relaxed);
    let (freed, found) = (FREED.load(Ordering::Relaxed), FOUND.load(Ordering::Relaxed));
    println!("blocks freed: {freed} looked at, {found} with a secret");
    assert_eq!(found, 0);
}
