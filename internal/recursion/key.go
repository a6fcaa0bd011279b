package recursion

import (
	"bytes"
	"context"
	"fmt"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/progress"
	"fold.example/fold/proof"
)

// ReadKey reads a verification key file that Compress or DeriveVerifierKey wrote.
func ReadKey(path string) (*proof.VerificationKey, error) {
	data, err := files.Read(path, proof.MaxKeyFile)
	if err != nil {
		return nil, err
	}
	k, err := proof.DecodeKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// WriteKey writes a verification key into a file.
func WriteKey(k *proof.VerificationKey, path string) error {
	return files.Write(path, k.Encode(), 0o644)
}

// DeriveKey recomputes a verification key from the description and the sizes in k and from
// the commitment key file, and compares it with k. They are equal if and only if k is one
// of this program's verification keys for that commitment key. The error wraps ErrRejected
// if they differ.
func DeriveKey(ctx context.Context, k *proof.VerificationKey, key string, on func(progress.Event)) error {
	info, err := keyfile.Inspect(key)
	if err != nil {
		return err
	}
	if info.ID != k.Opening().ID() {
		return fmt.Errorf("%w: key: %s is commitment key %s, the proof is under %s", fault.ErrRejected, key, info.ID,
			k.Opening().ID())
	}
	progress.Emit(on, progress.Report{Stage: "verification key"})
	var own *ProvingKey
	err = progress.Cancellable(ctx, func() error {
		p, err := k.Outline().Protocol()
		if err != nil {
			return err
		}
		own, err = deriveKey(ctx, p, key)
		return err
	})
	if err != nil {
		return err
	}
	if !bytes.Equal(own.Encode(), k.Encode()) {
		return fmt.Errorf("%w: key: the verification key is not that of this program for models "+
			"of this description: %s, expected %s",
			fault.ErrRejected, k.Digest(), own.Digest())
	}
	return nil
}
