package fold

import (
	"context"

	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/proof"
)

// SetupOptions select the source of a commitment key.
type SetupOptions = keyfile.SetupOptions

// SetupSummary describes a commitment key.
type SetupSummary = keyfile.SetupSummary

// Setup writes a commitment key for BN254 to a new file. Every point is checked before it
// is written, for ceremony keys and development keys.
//
// The error wraps ErrFormat if the source file is of another kind or has too few points,
// ErrCorrupt if a point is invalid (the error names the point), and fs.ErrExist if out
// exists.
func Setup(ctx context.Context, out string, opts SetupOptions, on func(Event)) (*SetupSummary, error) {
	return keyfile.Setup(ctx, out, opts, on)
}

// VerifierKey is the verification key of compressed proofs. Package proof documents how a
// verifier comes to trust one.
type VerifierKey = proof.VerificationKey

// DecodeVerifierKey is the inverse of VerifierKey.Encode. The error wraps ErrFormat or
// ErrCorrupt.
func DecodeVerifierKey(data []byte) (*VerifierKey, error) { return proof.DecodeKey(data) }

// ReadVerifierKey reads a verification key file that Compress or WriteVerifierKey wrote.
func ReadVerifierKey(path string) (*VerifierKey, error) { return recursion.ReadKey(path) }

// WriteVerifierKey writes a verification key to a file.
func WriteVerifierKey(k *VerifierKey, path string) error { return recursion.WriteKey(k, path) }

// DeriveVerifierKey recomputes a verification key from the description and the sizes in k
// and from the commitment key file, and compares it with k. They are equal if and only if k
// is one of this program's verification keys for that commitment key. The error wraps
// ErrRejected if they differ.
func DeriveVerifierKey(ctx context.Context, k *VerifierKey, key string, on func(Event)) error {
	return recursion.DeriveKey(ctx, k, key, on)
}
