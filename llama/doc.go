// Package llama is the integer model: one pure function on integers that is
// both what fold runs and the relation that it proves. No cryptography here.
package llama
