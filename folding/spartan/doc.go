// Package spartan is the argument that ends a run: one short proof, in zero knowledge,
// of a Statement. Whoever made it knows
//
//   - a witness of a running instance on BN254, the main side;
//   - a witness of a running instance on Grumpkin, the cycle side, in parts that are
//     committed to over disjoint generators;
//   - polynomials that the commitments of evaluation claims on BN254 commit to, and
//     they have the claimed values.
//
// It is Spartan (Setty, eprint 2019/550) for the relaxed R1CS, with the matrices of
// the main side preprocessed and its second sumcheck replaced by lookups of z, and
// every claim on commitments of one curve brought to one point and one opening, by the
// evaluation arguments that scheme.go chooses: package mercury on BN254, package ipa on
// Grumpkin. The verifier is argument.go, written over an arithmetic so that it is a circuit
// as it stands.
//
// # Notation
//
// A side has n rows, z = (w, u, x) in this order, padded with zeros to a power of two,
// and matrices A, B, C. Its instance (W, E, u, x) is satisfied if Az * Bz = u Cz + E.
// P~ is the multilinear extension, eq that of equality, the first variable is the
// highest bit of an index (package poly). k, m are the numbers of variables of rows
// and of columns. What follows is for both sides, over Fr and Fq, unless it says
// otherwise.
//
// # Transcript
//
// There is one, over Fr. On BN254 points are limbs, scalars themselves, challenges
// elements of Fr. On Grumpkin points are two coordinates; a scalar of Fq is two limbs
// of 128 bits of its representative in [0, q), the lower first; a challenge is an
// integer below 2^126, which is the same in both fields.
//
// # Protocol (normative)
//
// Messages in this order; "->" draws challenges; testdata/transcript.txt lists them with
// their lengths, as a test records them. The main side first:
//
//	statement    key digest, context, number of claims; both instances; the claims
//	mask         W_2, E_2, u_2, x_2: a random satisfied instance; T           -> r, tau
//	             From here on U = (W + r W_2, E + r T + r^2 E_2, u + r u_2, x + r x_2)
//	k rounds     of 0 = sum_x eq(tau,x) (Az Bz - u Cz - E)(x): the round's polynomial
//	             without its factor eq(tau_i, X), g_1 and g_2                 -> rx
//	values       Az~(rx), Bz~(rx), Cz~(rx); E~(rx) follows                    -> rho
//	looked       X, Y                                                -> alpha, beta
//	inverses     h of rows, h of columns, g of rows, g of columns    -> sigma, omega
//	concealers   m_1, m_2, which mask the next messages              -> t, lambda
//	N rounds     of all claims: g_0, g_2, g_3                                 -> s
//	values       X, Y, both h, both g, where their variables end at s         -> kappa
//	opening      of one combination of all commitments at s, by package mercury
//
// then the cycle side: mask; k rounds; values; t and lambda; the rounds of all claims,
// g_0 and g_2; opening, by package ipa.
//
// Claims, in their order, with weights 1, lambda, lambda^2, ...:
//
//	each part      sum_y [y outside of the part] eq(t, y) w_part(y) = 0
//	E              sum_x eq(rx, x) E(x) = E~(rx)
//	cycle          sum_y M(y) z(y) = Az~(rx) + rho Bz~(rx) + rho^2 Cz~(rx), for
//	               M = (A + rho B + rho^2 C)~(rx, .), which the verifier evaluates
//	main           the statement's claims; m_1~(0, ..., 0) = 0 and m_2~(2, ..., 2) = 0;
//	               the same about M z, see below
//
// There are as many rounds, N, as the largest claim has variables. A claim sum_y K(y)
// f(y) = v of fewer is one on the vector that the commitment is to, sum eq(t_hi, y_hi)
// K(y_lo) f(y) = eq(t_hi, 0) v, with the first coordinates of t, which are fresh; t's
// last coordinates are those of the parts' claims. At s it leaves eq(t_hi, s_hi)
// K~(s_lo) f~(s): all of them are one linear combination of commitments and one value.
//
// # The matrices of the main side
//
// sum_y M(y) z(y) = sum_j v_j X_j Y_j over the list of all entries of A, B, C: v_j the
// value, X_j the entry i = (matrix, row) of the table rho^matrix eq(rx, row), Y_j = z
// at its column. The verifier's key has commitments to values, row indices, column
// indices, and how often each index occurs. That X and Y are looked up is LogUp
// (Haböck, eprint 2022/1530) with committed inverses; for each of both tables, with
// w_i = alpha - i - beta table_i and w_j alike,
//
//	h_j w_j = 1 for every entry,   g_i w_i = count_i for every index,   sum h = sum g.
//
// One claim adds these up, weights 1, then omega, omega^2 for the cells, omega^3,
// omega^4 for the sums and omega^5, omega^6 for the tables; the relations are taken at
// sigma's last coordinates. It joins late: its sums wait, each a constant that halves
// a round. The polynomials that occur in products are sent with their values; the
// others, w among them, enter linearly. (Looking z up itself, not eq(ry, .), saves
// Spartan's second sumcheck, 1,120 bytes.)
//
// Vectors that are functions of an index are committed to by the sums of the key's
// points of each index, so that X costs as many scalars as there are rows with
// entries, not as there are entries: with 884,000 entries, six commitments are 1.2
// million scalars.
//
// The choice, measured at 96k rows with 884,000 entries, 10k rows on Grumpkin and
// claims of up to 2^18 values, in processor time and in one run:
//
//	                    direct: evaluated by the verifier     preprocessed
//	verification        83 ms                                 36 ms
//	the verifier's key  the matrices, 7 MB or a compiled      5 points
//	                    circuit
//	prover              2.1 s                                 6.3 s
//	memory              61 MiB                                336 MiB
//	proof               6272 bytes                            7424 bytes
//
// Direct does not fit into 50 ms of verification with the nine entries a row that the
// augmented circuit has. The cycle side is direct: its matrices are a tenth as large,
// their evaluation is 3 ms next to the inner-product argument's 20, and commitments to
// elements of Fq would be a second argument over Grumpkin.
//
// # The bytes (normative)
//
// Elements of 32 bytes: points compressed (big-endian x, the two highest bits say
// which y or that it is infinity), scalars big-endian and canonical. l is the number
// of public inputs, p that of the parts, k and m as above, in each side. In this
// order:
//
//	main    W_2 (p points), E_2, T, u_2, x_2 (l), 2k of the first rounds, 3 values,
//	        X, Y, h, h, g, g (points), m_1, m_2 (points), 3N of the last rounds, 6
//	        values, the opening of package mercury (16 elements)
//	cycle   W_2 (p), E_2, T, u_2, x_2 (l), 2k, 3 values, 2 max(k, m), the opening of
//	        package ipa (2 max(k, m) + 3)
//
// N is the largest of m, k + 2, the logarithm of the number of entries, and the
// claims' numbers of variables. A decoder knows all lengths from its key and the
// statement's claims. With k = m = 17, l = 1 and N = 24 in the main side, k = m = 14,
// l = 5 and p = 2 in the cycle side:
//
//	masks of both instances     480      last rounds, main     2304
//	first rounds, values       2176      last rounds, cycle     896
//	lookups and their values    384      opening on BN254       512
//	masking polynomials          64      opening on Grumpkin    992
//	                                     in all                7808
//
// # Soundness
//
// Everything that is sent is absorbed before the next challenge is drawn. A prover who
// convinces for three r knows the vectors of both instances: W + r W_2 and E + r T +
// r^2 E_2 commit to polynomials in r that satisfy each row identically in r
// (PROTOCOL.md of package folding, section 6; T is the cross term of two running
// instances). tau, rho, lambda, sigma, omega and kappa are random linear combinations
// or points of identities between polynomials that were committed to before; sumchecks
// lose degree/|F| a round. On Grumpkin |F| is that of the challenges, 2^126: with k =
// m = 14 the about 100 degrees of all identities lose 2^-119 an attempt.
//
// u and x are in z, next to w, and the parts of w next to one another. That a
// commitment holds nothing in the places of others is what the claims on parts are
// for: without them, a prover could add to the public inputs, or move values from one
// part to another.
//
// A commitment may have values beyond the variables of its claim. t_hi is drawn after
// they are fixed, and so K is zero on every block of them; for an evaluation at a
// point that was drawn after the commitment, they are zero. For the witness and the
// error vector they do not matter: what the relation is about are the first values.
//
// The polynomials of the late claim are f~(s_hi, .) / eq(0, s_hi), and the sum over
// s_lo is, in each s_j of s_hi, one of degree 3 in s_j/(1 - s_j). If one of them has
// values beyond its variables that change the sum, it has a pole at s_j = 1, and the
// rounds' messages, polynomials of degree 3, do not: so the sum is constant, and at
// s_hi = 0 it is that of the values that count.
//
// # Zero knowledge
//
// Given a statement, what can be computed from a proof can be computed without the
// secret. The simulator draws z' = (w', u', x') and all blinds of the masked instance
// uniformly, and with E' from the relation has a satisfied instance with its witness.
// It draws r and E_2, and computes W_2 = (W' - W)/r, u_2 and x_2 alike, and T = (E' -
// E - r^2 E_2)/r. In a proof, w_2, u_2, x_2 and the blinds of W_2, E_2 and T are
// uniform, and z' = z + r z_2 with E' as the relation says it has to be: the same
// distribution, as r is not zero. Everything up to the last sumcheck is a function of
// z', E' and challenges, the looked-up vectors and their unblinded commitments
// included. So is the whole cycle side, whose opening is perfectly simulated given the
// value that it claims.
//
// The last sumcheck of the main side depends on the statement's polynomials, too,
// which nothing has masked. In round j the masking
// polynomials
//
//	m_1 = sum_j a_j x_j,    m_2 = sum_j b_j (x_j - 2)
//
// add to the round's polynomial c a_j X (X - 1) and c' b_j (3X - 1)(X - 2), and what
// earlier rounds have fixed. c and c' are zero for a few challenges only. The two terms are a
// basis of the polynomials of degree 2 that sum to zero over {0,1}. With a_j and b_j uniform,
// so is the message, among those whose sum is right; what the lookups add, of degree
// 3, is known to the simulator. It draws the rounds, uniform points for both
// commitments, and is left with one claim, on the combination of all commitments,
// whose opening package mercury simulates. No value of a single unmasked polynomial is
// sent. A full-length random polynomial for each of them would hide no more, and cost
// a commitment of its length; these two have 2N random numbers. (This is the mask of
// eprint 2019/317, in multilinear polynomials.)
//
// The statement itself shows u, x, and what commitments with uniform blinds show:
// nothing. Who proves twice uses fresh masks: Prove derives them from its random bytes
// and the statement.
//
// # Keys
//
// A VerifierKey has no circuit of the main side in it: Encode writes some 230 bytes,
// to which DecodeKey needs the cycle's relation, a few points of the ceremony (package
// commit's OpeningKey) and Grumpkin's generators. Its Digest is the first message of
// every proof. Who has not made the key compares the digest with one that somebody
// did make: the commitments to the matrices are the relation.
//
// # Cost
//
// The prover's main parts at the sizes above, in commitments of full-size scalars:
// masks 3 of a vector over the rows, lookups 1.2 million scalars, the opening 1.1 of
// 2^N. The verifier computes one or two Poseidon2 permutations a round, one
// multiplication of some 25 points of BN254 and three pairings, one pass over the
// cycle's entries, and one multiplication of Grumpkin's key, which is two thirds of
// the time.
package spartan
