// Package step defines a run of a model as a step function of package folding: the state
// between steps (State), the transition rules (transition), the prover (RunProver), the
// verifiers (RunVerifier, StateTracker), and the settlement that proves the steps' claims on
// the weights (SettlementRun). Params has the parameters of the runs of one model,
// VerifierParams the parameters that a verifier needs, and ReplayData the data with which a
// proven step is replayed. The packages below prove one step: relation defines its relation,
// argument its proof, weights the commitments to the model, settlement the sums over all
// weights. Package circuit has the transition rules as a circuit.
//
// # The state of a run
//
// The state z is a list of elements (stateVector): the model id and the three hashes that it
// covers (ModelDigests); P; the
// phase, which determines the kind of the next step; the number of steps of the phase so far
// (group); the start of the pass and j; the token that the last head chose; the digest of the
// pass's tokens; the chain of the windows that begin in the prompt (tokens) and the chain of
// the windows that begin after it (said); the commitment to the residual stream; three chains
// of the cache: before the pass, as read, and as left; the chain of the opened records; the
// claim chain; the fields of a settlement, zero before it; and the digests of the running
// claims, by size class, then the cache's and the weights'.
//
// The rules that map z to the next z are written once (transition). A StateTracker runs them
// over field elements, and the recursion's circuit (Function) over variables. All flags follow
// from z. There are two exceptions: a step of kind embed chooses j, and at the end of a pass a
// settlement may begin. With below_b = [b < j], whose sum over b is j:
//
//	start_b below_b = 0, start + 2^j is at most the number of positions
//	class c has Classes[c-1] < j <= Classes[c]
//	token i is live if below is 1 at the highest bit of i; dead tokens are zero
//	a token is followed by a choice if start + i >= P - 1
//	a pass has a head if its last token is followed by a choice
//	from position P on a pass begins with the token that the last head chose
//	a record has digest hash(its number, chain of commitments); at the end of a pass
//	    the chain of these digests is the model's; the head's digest is compared separately
//	a step of blocks opens the list of all layers' exponents, whose hash is the state's, and has
//	    the lifts 2^e of the layers of its group; flags of the groups select the layers
//	at the end of a pass, the chain of the cache as read is the chain that the last pass left
//
// The number of positions of the cache is a constant of the run: in the cache's polynomial the
// variables of the windows are above the variables of the positions. A step's transcript
// begins with the program's digest (argument, method verify) and the statement: the context, the
// digest of (start, j, tokens), 2^20 P + next, and the digests of the two running claims. The
// context is the digest of z and of the run's constants. The transcript absorbs a point (x, y)
// as x mod 2^128, y mod 2^128 and floor(x / 2^128) + 2^126 floor(y / 2^128).
//
// Every step, of any kind, states three operations on points, with one rho:
//
//	A + rho (w + rho (S + rho (h + rho (X_in + rho X_out)))),  KV = KV_old + KV_new,
//	A + rho (KV + rho KV_new)
//
// Here and below, points and values are multiplied by the endoscalar of rho
// (transcript.Endoscalar).
//
// A point that a kind of step does not have is infinity. The circuit checks the limbs of all
// points, also of points that are in the state, since a point in the state is not known to be
// canonical.
//
// # The architecture
//
// Programs, records and claims follow from a shape and from the lists of the model's
// architecture (llama.Architecture): which tensors a block has, which matrices have biases,
// and which products are looked up in which tables. The lists are code. A verifier takes them
// from its own program, by the name that the description of the model has, and never from a
// file. The model id fixes them: it covers the description, and this the digest of the lists
// (weights.ArchitectureOf). So do the digests of the arguments, and thereby the transcripts,
// the function's digest and a verification key. A description without an architecture is that
// of a LLaMA. Whoever believes in a model id thus believes in one relation.
//
// The digest does not cover the functions of the lists, because what they compute is data of
// the model and in the id: the entries of a table are committed to, the shifts are in the list
// of exponents. That a table holds the values of its rule, and a bias those of a file, is for
// whoever computes the commitment to check, as it is of the weights.
//
// A bias b is committed to in three parts of 16 bits, b = b_0 + 2^16 b_1 + 2^32 b_2, with
// claims and settlement like a table's. llama.Model.Validate bounds it by 2^44, and
// relation.Program.CheckBounds has M x + b in every constraint that reads it, so that no honest
// value wraps around the field. Nothing checks the range of committed parts, as of no
// weights: package relation argues why there is one output whatever they are.
//
// # The seals of the tokens
//
// The token chains begin with hash("fold token chain"). A window extends a chain to hash("fold
// token chain"; chain, window). The links have no salt: z_0 and all states before the last are
// functions of tokens and commitments, and none of them is public. The last step of a
// settlement, the last mask, reads two salts and computes
//
//	tokens' = hash("fold sealed prompt"; salt of the prompt, tokens)
//	said'   = hash("fold sealed output"; salt of the output, said, next)
//
// where next is the token that no pass embeds. The salts are unconstrained, and no other step
// uses them. Both are uniform elements from the system's generator, drawn for one settlement,
// as are the coefficient and the blinding factor of each mask (SettlementRun).
//
// # Randomness
//
// The blinding factors of steps and weights are functions of seeds (packages argument and
// weights). The masks of openings come from the system's generator.
//
// # The owner's check
//
// After its last step, a run leaves claims on weights, all in the claim chain of the state,
// and a running claim for each size class and for the cache. The owner of the model checks
// them with the weights and polynomials themselves (CheckClaims, CheckRunning), in addition to
// the recursion's proof that the steps lead from the first state to the last state z:
//
//	the chains of tokens, the position and the last choice in z are the statement's
//	the claims of all steps, as the store has them, have the claim chain of z
//	sum_k rho^k v_k = sum_k rho^k M_k~(u_k, z_k) over these claims, computed from the weights,
//	    with rho drawn from the system's generator when the claims are fixed
//	each running polynomial, replayed from model and store, has the claimed value at its
//	    claim's point and, with its blinding factor, the claimed commitment
//	the weights are the committed ones, by fingerprint and model id or by a new commitment
//
// This check reads the weights and the store, so it convinces only the owner. Others verify a
// settlement.
//
// # A settlement as steps
//
// A settlement begins at the end of a pass, and no pass follows. Its steps are, in this order:
// the sums (a sumcheck over all claims); the second reading, one step for each step of the
// run; the third reading, five segments in a step; the masks, one running claim in a step. A
// claim on a table that the blocks of a step share is read for each of their records, each
// with its own power of the challenge. The third reading needs no challenge for all segments
// together: each step folds its segments into the claim on the weights by a rho that is drawn
// after their values are fixed. If the value of a segment is false, the claim on the weights
// becomes or stays false, except with probability 5/2^126 in each step. LastState returns the
// state that a verifier accepts. The circuit computes the hashes of a settlement's step with
// the permutations of the argument, because such a step has no argument
// (gadget.PermutationMux).
package step
