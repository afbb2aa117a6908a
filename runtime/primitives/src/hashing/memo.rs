//! The last hashes of account ids, one small table for each thread.
//!
//! A transfer names the rows of its two accounts a dozen times: when it is admitted, when it
//! declares them, whenever it reads or writes them. A quarter of a block's time went into hashing
//! the same ids again. What the table holds cannot be seen from outside: a miss is hashed anew.

use core::cell::RefCell;

use super::blake2_128;

/// Entries of a table: 12 KiB, a part of the first-level cache.
const ENTRIES: usize = 256;

/// A key of 32 bytes and its hash.
type Entry = ([u8; 32], [u8; 16]);

thread_local! {
    static RECENT: RefCell<[Option<Entry>; ENTRIES]> = const { RefCell::new([None; ENTRIES]) };
}

/// BLAKE2b-128 of `key`; keys of 32 bytes are looked up first.
pub(super) fn blake2_128_of_key(key: &[u8]) -> [u8; 16] {
    let Some(id) = key.first_chunk::<32>().filter(|_| key.len() == 32) else {
        return blake2_128(key);
    };
    let at = usize::from(id[0] ^ id[31]) % ENTRIES;
    RECENT.with_borrow_mut(|recent| {
        let Some(entry) = recent.get_mut(at) else { return blake2_128(key) };
        match entry {
            Some((known, hash)) if known == id => *hash,
            Some(_) | None => {
                let hash = blake2_128(key);
                *entry = Some((*id, hash));
                hash
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_would_be_hashed() {
        let ids = (0_u16..1_000).map(|n| {
            let mut id = [0; 32];
            id[..2].copy_from_slice(&n.to_le_bytes());
            id
        });
        for id in ids.clone().chain(ids) {
            assert_eq!(blake2_128_of_key(&id), blake2_128(&id));
            assert_eq!(blake2_128_of_key(&id), blake2_128(&id), "from the table");
        }
        assert_eq!(blake2_128_of_key(b"short"), blake2_128(b"short"));
    }
}
