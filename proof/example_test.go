package proof_test

import (
	"fmt"
	"os"

	"fold.example/fold/proof"
)

// A verifier needs the bytes of a proof and of a verification key, and the key's digest from
// somebody that the verifier trusts.
func ExampleVerify() {
	data, err := os.ReadFile("testdata/demo.proof")
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := os.ReadFile("testdata/demo.proof.vk")
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := proof.Verify(data, key, proof.Expected{
		KeyDigest: "4117c53b2c64204d080ac441b068195fbb50b9b773a55204d75283c0dbd2d7e4",
		PromptIDs: []int{0, 34},
		// The key of this example is one for tests: whoever made it can forge proofs.
		AllowDevelopmentKey: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("model", v.ModelID)
	fmt.Println("after", v.PromptIDs, "chooses", v.OutputIDs)
	// Output:
	// model 116dccb5da2fccdff50532dd3a9faa3d0eec55b421b73165d04a1a4eede91fa9
	// after [0 34] chooses [54 53]
}
