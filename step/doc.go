// Package step defines a run of a model as a step function of package folding: the state
// between steps (State), the transition rules (transition), the prover (RunProver), the
// verifiers (RunVerifier, StateTracker), and the settlement that proves the steps' claims
// on the weights (SettlementRun). Params has the parameters of the runs of one model,
// VerifierParams the parameters that a verifier needs, and ReplayData the data that replays a
// proven step. The packages below prove one step: relation defines its relation, argument its
// proof, weights the commitments, settlement the sums over all weights. Package circuit has
// the transition rules as a circuit.
//
// # The state of a run
//
// z is a list of elements (stateVector): the model's id and its two chains; P; the
// phase, which says of what kind the next step is; a counter of the phase's steps
// (group); the pass's start and j; the token that the last head chose; the digest of
// the pass's tokens; the chains of the windows that begin in the prompt and of those that
// begin behind it (tokens, said); the residual stream's
// commitment; the chains of the cache before the pass, as read and as left; the chain
// of the records opened; the claim chain; a settlement's fields, zero before it; and
// the digests of the running claims, by class, the cache's and the weights'.
//
// The rules that take z over a step are written once (transition), and run by a
// Tracker over field elements and by a recursion's circuit (Function) over variables.
// All flags follow from z: only embed takes j, and only at a pass's end may a
// settlement begin. With below_b = [b < j], whose sum over b is j:
//
//	start_b below_b = 0, start + 2^j is within the positions
//	class c has Classes[c-1] < j <= Classes[c]
//	a token i is live if below is 1 at the highest bit of i, and dead ones are zero
//	a token is followed by a choice if start + i >= P - 1
//	a pass has a head if its last token is followed by a choice
//	from position P on a pass begins with the token that the last head chose
//	a record has digest hash(its number, constants, chain of commitments), and the chain
//	of these digests is the model's at a pass's end; the head's is compared by itself
//	the chain of the cache as read is, at a pass's end, the one that the last pass left
//
// The number of positions of the cache is a constant of the run: the cache's polynomial
// has its windows above the positions. The statement in a step's transcript is the
// context, the digest of (start, j, tokens), 2^20 P + next, and the digests of the two running
// claims; the program's digest stands before it (argument, method verify). The context is
// the digest of z and of the run's constants. The transcript absorbs a point (x, y) as x mod
// 2^128, y mod 2^128 and floor(x / 2^128) + 2^126 floor(y / 2^128).
//
// Every step states three operations on points, whatever its kind, with one rho:
//
//	A + rho (w + rho (S + rho (h + rho (X_in + rho X_out)))),  KV = KV_old + KV_new,
//	A + rho (KV + rho KV_new)
//
// A kind that lacks a point has infinity there. No point is taken to be canonical
// because the state holds it: the circuit checks the limbs of all of them.
//
// # The seals of the tokens
//
// The token chains begin with hash("fold token chain"). A window makes a chain
// hash("fold token chain"; chain, window). No link has a salt: z_0 and all states before
// the last are a function of tokens and commitments, and none of them is shown. The last
// step of a settlement, the last mask, reads two salts and leaves
//
//	tokens' = hash("fold sealed prompt"; salt of the prompt, tokens)
//	said'   = hash("fold sealed output"; salt of the output, said, next)
//
// next being the token that no pass embeds. No constraint is on the salts, and no other
// step uses them. Both are uniform elements of the system's generator, drawn for one
// settlement, as are the coefficient and the blind of each mask (SettlementRun).
//
// # Randomness
//
// Blinds of steps and weights are functions of seeds (packages argument and weights). Masks
// of openings are from the system's generator.
//
// # The owner's check
//
// A run ends with its last step. What its steps leave are claims on weights, all in the
// claim chain of the state, and a running claim for each size class and the cache. Its
// owner checks these in the open (CheckClaims, CheckRunning), beside the recursion's proof that the
// steps lead from the first state to the last one z:
//
//	the chains of tokens, the position and the last choice in z are those of the statement
//	the claims of all steps, as the store has them, have the claim chain of z
//	sum_k rho^k v_k = sum_k rho^k M_k~(u_k, z_k) over these claims, by the weights, with rho
//	drawn from the system's generator when the claims are fixed
//	each running polynomial, replayed from model and store, has at its claim's point the
//	claimed value, and with its blind the claimed commitment
//	the weights are those committed to, by fingerprint and model id or by a new commitment
//
// This reads weights and store, and so convinces nobody else: others verify a settlement.
//
// # A settlement as steps
//
// A settlement begins once, at a pass's end, and no pass follows. Its steps are, in this
// order: the sums; the second reading, one step for each step of the run; the third
// reading, five segments a step; the masks, one running claim a step. A claim on a
// table that the blocks of a step share is read for each of their records, with a power
// of the challenge for each. The third reading needs no challenge of its own for all
// segments: each step folds its segments into the claim on the weights by a rho that is
// drawn after their values were named. If a segment's value is false, the claim on the
// weights stays false, except with probability 5/2^126 a step.
// LastState is the state that a verifier accepts. The circuit computes the hashes of a
// settlement's step in the permutations of the argument, because a settlement's step has
// no argument (gadget.PermutationMux).
package step
