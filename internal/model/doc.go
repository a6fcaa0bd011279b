// Package model handles the models that users name: folders of integer models, and embedded
// models. It imports, opens, checks, runs and measures them, and commits to their weights.
//
// A model folder contains model.json, weights.bin (package llama), tokenizer.json (package
// llama/tokenizer), quality.json (package llama/quality) and, once the model is committed,
// commitment.bin and the secret weights.seed, whose formats this package defines. A folder
// appears under its name complete or not at all. Everything that is read is checked before
// use.
package model
