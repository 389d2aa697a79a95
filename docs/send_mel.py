"""Speaks through the plugin: python send_mel.py VOICE.npy 44100 512, or python send_mel.py "Some words." (PyTorch, once from the network)."""
import socket, struct, sys, time
import numpy as np

def speech(text):  # NVIDIA's Tacotron 2: 80 bands at 22 050 Hz, 256 samples a frame; in the plugin, the model is tts
    import torch
    hub = "NVIDIA/DeepLearningExamples:torchhub"
    tacotron2 = torch.hub.load(hub, "nvidia_tacotron2", model_math="fp32", map_location="cpu").eval()
    sequences, lengths = torch.hub.load(hub, "nvidia_tts_utils").prepare_input_sequence([text], cpu_run=True)
    return tacotron2.infer(sequences, lengths)[0][0].detach().numpy()

is_file = sys.argv[1].endswith(".npy")
mel = np.load(sys.argv[1]) if is_file else speech(sys.argv[1])  # [bands, frames]
rate, hop = map(int, sys.argv[2:4]) if is_file else (22050, 256)
to, out, began = ("127.0.0.1", 9000), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), time.monotonic()
for index, frame in enumerate(mel.T.astype(">f4")):
    blob = frame.tobytes()
    time.sleep(max(0.0, began + index * hop / rate - time.monotonic()))
    out.sendto(b"/remel/mel\0\0,hb\0" + struct.pack(">qi", index, len(blob)) + blob, to)
