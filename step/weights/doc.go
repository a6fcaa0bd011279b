// Package weights commits to a model: how its matrices and tables are cut into segments,
// the commitments to them with their blinds, and the model id, which is a hash of the
// model's description, the key's id and the records. The description names the architecture
// and has the digest of its lists.
//
// # Records
//
// A model has one record for the embedding, one for each block, and one for the head. A
// record holds the constants of its steps and the commitments to its tensors, in the order of
// relation.RecordTensors. The digest of
// a record is hash(record number, constants, chain of commitments). The model's chain covers
// the digests of the embedding's and the blocks' records. The head's digest enters the model
// id separately.
//
// # Blinding factors
//
// The blinding factors of the weights are PRF(derived seed; tensor, record, segment). The
// derived seed is PRF(seed; fingerprint of the weights, key, layout, and for each segment its
// unblinded commitment and the blinding base H). A blinding factor therefore belongs to one
// commitment C under one key. Every segment is blinded, including segments of zeros. Only the
// points at infinity that fill the last chunk of five are not blinded.
package weights
