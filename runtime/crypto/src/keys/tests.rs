use super::*;

/// A key that takes so many bytes and accepts what equals its first byte.
struct Sized(u8, usize);

impl PreparedKey for Sized {
    fn verify(&self, message: &[u8], _signature: &[u8]) -> bool {
        message == [self.0]
    }

    fn bytes(&self) -> usize {
        self.1
    }
}

const SCHEME: SchemeId = SchemeId::FN_DSA_512;

fn public(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(50)
}

fn insert(cache: &KeyCache, number: u32, bytes: usize) {
    cache.insert(SCHEME, &public(number), Arc::new(Sized(number as u8, bytes)));
}

#[test]
fn a_key_is_found_by_its_scheme_and_all_its_bytes() {
    let cache = KeyCache::new(1 << 20);
    insert(&cache, 7, 100);
    assert!(cache.get(SCHEME, &public(7)).unwrap().verify(&[7], &[]));
    assert!(cache.get(SchemeId::ML_DSA_44, &public(7)).is_none());
    assert!(cache.get(SCHEME, &public(8)).is_none());
    assert!(cache.get(SCHEME, &public(7)[1..]).is_none());
}

#[test]
fn keys_with_one_tag_are_told_apart() {
    let mut shard = Shard::default();
    for number in [1, 2] {
        let key: Arc<dyn PreparedKey> = Arc::new(Sized(number as u8, 10));
        shard.tags.push(99);
        shard.entries.push(Entry { scheme: SCHEME, public: public(number).into(), key, marks: 0 });
    }
    assert_eq!(shard.find(99, SCHEME, &public(1)), Some(0));
    assert_eq!(shard.find(99, SCHEME, &public(2)), Some(1));
    assert_eq!(shard.find(99, SCHEME, &public(3)), None);
    assert_eq!(shard.find(98, SCHEME, &public(1)), None);
}

#[test]
fn what_is_kept_never_exceeds_the_capacity() {
    let cache = KeyCache::new(3 * SHARD_BYTES);
    for number in 0..20_000 {
        insert(&cache, number, 1_000 + (number as usize % 7) * 3_000);
        if number % 3 == 0 {
            cache.get(SCHEME, &public(number / 2));
        }
    }
    assert!(cache.bytes() <= cache.capacity());
    assert!(cache.bytes() > cache.capacity() / 2, "{} bytes", cache.bytes());
    let counted = |shard: &Shard| shard.entries.iter().map(Entry::bytes).sum::<usize>();
    for shard in &cache.shards {
        let shard = shard.lock().unwrap();
        assert_eq!(shard.bytes, counted(&shard));
        assert_eq!(shard.tags.len(), shard.entries.len());
    }
    let before = cache.keys();
    insert(&cache, 70_000, SHARD_BYTES);
    assert!(cache.get(SCHEME, &public(70_000)).is_none(), "larger than a shard");
    assert!(before.abs_diff(cache.keys()) <= LOOKS);
}

#[test]
fn keys_that_sign_often_outlast_many_that_sign_once() {
    let cache = KeyCache::new(SHARD_BYTES);
    for number in 0..20 {
        insert(&cache, number, 2_000);
    }
    for stranger in 1_000..9_000 {
        insert(&cache, stranger, 2_000);
        cache.get(SCHEME, &public(stranger % 20));
    }
    let kept = (0..20).filter(|number| cache.get(SCHEME, &public(*number)).is_some()).count();
    assert_eq!(kept, 20);
}

#[test]
fn a_shard_in_use_is_passed_by() {
    let cache = KeyCache::new(SHARD_BYTES);
    insert(&cache, 1, 10);
    let held = cache.shards[0].lock().unwrap();
    assert!(cache.get(SCHEME, &public(1)).is_none());
    insert(&cache, 2, 10);
    drop(held);
    assert!(cache.get(SCHEME, &public(1)).is_some());
    assert_eq!(cache.keys(), 1);
}

#[test]
fn a_key_met_twice_at_once_is_kept_once() {
    let cache = KeyCache::new(SHARD_BYTES);
    insert(&cache, 1, 10);
    insert(&cache, 1, 10);
    assert_eq!(cache.keys(), 1);
}
