// Command example is in a module of its own, like a user's program. It proves a run of the
// embedded model, compresses the proof and verifies the result.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"fold.example/fold"
)

func main() {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := prove(context.Background(), dir); err != nil {
		log.Fatal(err)
	}
}

func prove(ctx context.Context, dir string) error {
	key, store, proof := filepath.Join(dir, "key"), filepath.Join(dir, "run"), filepath.Join(dir, "proof")
	if _, err := fold.Setup(ctx, key, fold.SetupOptions{Development: true, Size: 1 << 21}, nil); err != nil {
		return err
	}
	run := fold.ProveOptions{Model: fold.DemoModel, Key: key, Store: store, Prompt: "ROMEO:", N: 2, Batch: true}
	s, err := fold.Prove(ctx, run, func(e fold.Event) {
		if step, ok := e.(fold.Step); ok {
			fmt.Printf("step %d of %d: %s\n", step.Step, step.Of, step.Kind)
		}
	})
	if err != nil {
		return err
	}
	c, err := fold.Compress(ctx, store, fold.CompressOptions{Out: proof}, nil)
	if err != nil {
		return err
	}
	// A verifier knows the model's id and has the key. A development key convinces nobody
	// else.
	trust := fold.VerifyOptions{Key: key, Model: fold.DemoModel, ModelID: s.ModelID, AllowDevelopmentKey: true}
	v, err := fold.Verify(ctx, proof, trust, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%d bytes prove that the model continues %q with %q: %v\n", c.Bytes, v.Prompt, v.Output, v.Accepted)
	return nil
}
