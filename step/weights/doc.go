// Package weights commits to a model: how its matrices and tables are cut into segments,
// the commitments to them with their blinds, and the model id, which is a hash of the
// model's description, the key's id, the constants and the records. The description names the architecture
// and has the digest of its lists.
//
// # Records
//
// A model has one record for the embedding, one for each block, and one for the head. A
// record holds the commitments to its tensors, in the order of relation.RecordTensors. The
// digest of a record is hash(record number, chain of commitments). The model's chain covers
// the digests of the embedding's and the blocks' records. The head's digest enters the model id
// separately.
//
// # Constants
//
// The constants of a layer are the exponents of its rescales (relation.LayerExponents). The list of
// all layers' exponents, packed (ModelCommitment.PackedExponents), and a salt have one hash, which
// enters the model id. The salt is PRF(derived seed; constants), zero for public weights. Whoever has
// the model id or a proof, but not the commitment's file, cannot tell from the hash whether two models
// have the same exponents. The constants of the norms follow from the description.
//
// # Blinding factors
//
// The blinding factors of the weights are PRF(derived seed; tensor, record, segment). The
// derived seed is PRF(seed; fingerprint of the weights, key, layout, and for each segment its
// unblinded commitment and the blinding base H). A blinding factor therefore belongs to one
// commitment C under one key. Every segment is blinded, including segments of zeros. Only the
// points at infinity that fill the last chunk of five are not blinded.
package weights
