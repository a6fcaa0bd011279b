// Package model has the models that people name: folders of integer models and the embedded
// ones. It imports, opens, checks, runs and measures them, and commits to their weights.
//
// A model folder has model.json, weights.bin (package llama), tokenizer.json (package
// llama/tokenizer), quality.json (package llama/quality) and, once it is committed,
// commitment.bin and the secret weights.seed, which this package reads and writes. Folders
// appear whole under their names or not at all. Everything that is read is checked before it is used.
package model
