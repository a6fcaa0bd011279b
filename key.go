package fold

import (
	"context"

	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/recursion"
	"fold.example/fold/proof"
)

// SetupOptions say where a commitment key comes from.
type SetupOptions = keyfile.SetupOptions

// SetupSummary describes a commitment key.
type SetupSummary = keyfile.SetupSummary

// Setup writes a commitment key for BN254 into a new file. Every point that is written
// has been checked, of a ceremony and of a development key.
//
// The error wraps ErrFormat if the file is of another kind or has fewer points,
// ErrCorrupt if a point is wrong, which it names, and fs.ErrExist if out exists.
func Setup(ctx context.Context, out string, opts SetupOptions, on func(Event)) (*SetupSummary, error) {
	return keyfile.Setup(ctx, out, opts, on)
}

// VerifierKey is what verifying compressed proofs takes: package proof says how a verifier
// comes to trust one.
type VerifierKey = proof.VerificationKey

// DecodeVerifierKey reads what VerifierKey.Encode wrote, and nothing else. The error wraps
// ErrFormat or ErrCorrupt.
func DecodeVerifierKey(data []byte) (*VerifierKey, error) { return proof.DecodeKey(data) }

// ReadVerifierKey reads a file that Compress or WriteVerifierKey wrote.
func ReadVerifierKey(path string) (*VerifierKey, error) { return recursion.ReadKey(path) }

// WriteVerifierKey writes a verification key into a file.
func WriteVerifierKey(k *VerifierKey, path string) error { return recursion.WriteKey(k, path) }

// DeriveVerifierKey computes the verification key anew that a key claims to be, from the description
// and the sizes in it and the file of the commitment key. It is the same if and only if it
// is one of this program's for that commitment key. The error wraps ErrRejected if it is
// another.
func DeriveVerifierKey(ctx context.Context, k *VerifierKey, key string, on func(Event)) error {
	return recursion.DeriveKey(ctx, k, key, on)
}
