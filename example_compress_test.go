package fold_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"fold.example/fold"
)

// A finished run becomes one short proof. A verifier needs the proof, its verification key
// and, to know that the key is right, the commitment key or a digest from someone they
// trust.
func ExampleCompress() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	key, store, proof := filepath.Join(dir, "key"), filepath.Join(dir, "run"), filepath.Join(dir, "proof")
	if _, err := fold.Setup(ctx, key, fold.SetupOptions{Development: true, Size: 1 << 21}, nil); err != nil {
		fmt.Println(err)
		return
	}
	run := fold.ProveOptions{Model: fold.DemoModel, Key: key, Store: store, Prompt: "A", N: 1, Batch: true,
		Blocks: 4}
	if _, err := fold.Prove(ctx, run, nil); err != nil {
		fmt.Println(err)
		return
	}
	s, err := fold.Open(store)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Status().State, len(s.OutputIDs()), s.Close())

	c, err := fold.Compress(ctx, store, fold.CompressOptions{Out: proof, Mode: fold.HidePrompt, Label: "audit 7"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("short:", c.Bytes < 12_000)

	opts := fold.VerifyOptions{AllowDevelopmentKey: true, Key: key, Model: fold.DemoModel, ModelID: c.ModelID}
	v, err := fold.Verify(ctx, proof, opts, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v: %q after %d tokens, for %q\n", v.Accepted, v.Output, v.PromptTokens, v.Label)
	lie := "something else"
	opts.Output = &lie
	_, err = fold.Verify(ctx, proof, opts, nil)
	fmt.Println(errors.Is(err, fold.ErrRejected))

	// It prints:
	//
	//	finished 1 <nil>
	//	short: true
	//	true: "U" after 2 tokens, for "audit 7"
	//	true
}
