// Package weights commits to a model: how its matrices and tables are cut into segments,
// the commitments to them with their blinds, and the model id, which is a hash of the
// model's description, the key's id and the records.
//
// # Records
//
// A model has a record for the embedding, one a block, and one for the head. A record holds
// the constants of its steps and the commitments to its tensors. The digest of a record is
// hash(its number, constants, chain of commitments); the model's chain is that of the
// digests of the embedding's and the blocks' records, and the head's digest stands by
// itself.
//
// # Blinds
//
// The blinds of the weights are PRF(derived seed; tensor, record, segment), the derived seed
// being PRF(seed; fingerprint of the weights, key, layout, and for each segment its
// commitment without the blind, and H). So a blind belongs to one point C of one key. Each
// segment is blinded, those of zeros included; infinity only fills the chunks of five up.
package weights
