//! SHA-256 (FIPS 180-4), for one line of `first.json`: no crate of the command needs a hash, and this is less than a dependency.

/// The digest of any bytes, in 64 lowercase hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut state = fractions::<8>(f64::sqrt);
    let constants = fractions::<64>(f64::cbrt);
    let mut message = bytes.to_vec();
    // §5.1.1: a one, zeros to a whole block, and the length in bits
    message.push(0x80);
    message.resize((message.len() + 8).next_multiple_of(64) - 8, 0);
    message.extend((bytes.len() as u64 * 8).to_be_bytes());
    for block in message.as_chunks::<64>().0 {
        compress(&mut state, block, &constants);
    }
    state.iter().map(|word| format!("{word:08x}")).collect()
}

/// §4.2.2, §5.3.3: the first 32 bits of the fractional parts of the roots of the first `N` primes. The roots are below 18, and the
/// 53 bits of an `f64` leave 48 after the point.
fn fractions<const N: usize>(root: fn(f64) -> f64) -> [u32; N] {
    let prime = |n: &u32| (2..*n).all(|divisor| !n.is_multiple_of(divisor));
    let mut primes = (2u32..).filter(prime);
    std::array::from_fn(|_| primes.next().map_or(0, |p| (root(f64::from(p)).fract() * 2f64.powi(32)) as u32))
}

/// §6.2.2.
fn compress(state: &mut [u32; 8], block: &[u8; 64], constants: &[u32; 64]) {
    let mut words = [0u32; 64];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for t in 16..64 {
        let (a, b) = (words[t - 15], words[t - 2]);
        let sigma0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let sigma1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        words[t] = words[t - 16].wrapping_add(sigma0).wrapping_add(words[t - 7]).wrapping_add(sigma1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in words.iter().zip(constants) {
        let sum1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let first = h.wrapping_add(sum1).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
        let sum0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let second = sum0.wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}
