// The gates of an LSTM cell lie side by side in a row: input, forget, cell, output, `hidden` values each.

// Where the input gate of element i of an (N,H) tensor lies.
fn gate_index(i: u32, hidden: u32) -> u32 {
  return (i / hidden) * 4u * hidden + i % hidden;
}

fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + exp(-x));
}
