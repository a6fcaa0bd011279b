// Package transcript is the Fiat-Shamir transcript of every argument in fold,
// and the hash of its chains and records: a sponge over Fr, the scalar field of
// BN254, with the Poseidon2 permutation (Grassi, Khovratovich, Schofnegger,
// eprint 2023/323) and the published HorizenLabs constants.
//
// The sponge is written once, generic over the element type. So a circuit (package r1cs)
// and a native verifier agree on the absorbed elements, their order and the padding. The
// backend provides only the permutation and the decomposition into bits.
//
// # The state machine (normative)
//
// All numbers are elements of Fr. P4 and P12 are the permutations of width 4
// (8 full, 56 partial rounds) and 12 (8 full, 57 partial). Lane 0 of a state is
// its first. The last lane is the capacity, the others are the rate.
//
// A text is 1 to 23 bytes, none of them zero, read as a big-endian integer. A
// header packs a text and three small numbers into one element,
//
//	header(text, mode, drawn, length)
//	    = text 2^64 + mode 2^56 + drawn 2^32 + length,
//
// with mode < 2^8, drawn < 2^24, length < 2^32. It is injective, as an integer
// it has at most 248 bits. The modes are 0 (start), 1 (message), 2 (hash) and 3
// (more); in mode 3 the text is the empty one, which is 0.
//
// A transcript is a state s of P4 and a number, drawn.
//
//	start(domain):      s = P4(0, 0, 0, header(domain, 0, 0, 0)); drawn = 0
//	absorb(label, m):   let n be the number of elements of m.
//	                    If n > 6, replace m by the one element hash(label, m).
//	                    s_3 += header(label, 1, drawn, n).
//	                    Cut m into blocks of 3, the last filled up with zeros,
//	                    an empty m is one block of zeros. For each block b in
//	                    turn: s_0..s_2 += b; s = P4(s). Then drawn = 0.
//	challenge():        If drawn > 0 and drawn mod 3 = 0:
//	                    s_3 += header(0, 3, drawn, 0); s = P4(s).
//	                    The challenge is s_(drawn mod 3). Then drawn += 1.
//	challenge126():     c = challenge() as an integer in [0, r), mod 2^126.
//	endoscalar(c):      with c = sum_i c_i 2^i and i from 0 to 62,
//	                    sum_i 2^i (1 - 2 c_(2i)) (1 + (lambda - 1) c_(2i+1)).
//	                    lambda is the cube root of unity
//	                    4407920970296243842393367215006156084916469457145843978461.
//
// A hash has no state:
//
//	hash(tag, m):       n = number of elements of m; P = P4 if n <= 6, else P12.
//	                    s = (0, ..., 0, header(tag, 2, 0, n)).
//	                    Blocks of as many elements as P has rate lanes (3 or
//	                    11), filled up and applied as above. The hash is s_0.
//
// Different sequences of calls feed different blocks: each message starts with a new
// block, and its header has its label, its length and the number of challenges drawn
// before it. The length distinguishes the zeros that fill up a block from elements. Start,
// message, hash and continuation have different modes. Headers are added to the capacity
// lane, which elements never enter, so a sumcheck round of up to three coefficients costs
// one P4. The capacity of 254 bits gives 127 bits of collision resistance. By the headers
// an adversary can only choose among the few that the protocol allows at a place.
//
// The constants 6 and 12 minimise the cost in R1CS: a permutation costs 264 rows at width 4
// and 459 at width 12, hence 88 and 42 rows an element (52 at width 8), and the bulk mode is
// cheaper from 7 elements on.
//
// # Encodings
//
// A point of BN254 G1 has coordinates in Fq, and q > r, so a coordinate is encoded as two
// limbs of 128 bits: (x mod 2^128, x div 2^128, y mod 2^128, y div 2^128), from the
// canonical representatives in [0, q). A point of Grumpkin has coordinates in Fr and is
// encoded as (x, y). The encoding of the point at infinity is all zeros on both curves;
// (0, 0) lies on neither. An integer below 2^248 is one element.
package transcript
