import gradio as gr
from langchain_chroma import Chroma
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

store = Chroma(persist_directory="index", embedding_function=OpenAIEmbeddings())
prompt = ChatPromptTemplate.from_template("Answer from these passages, or say that they don't tell.\n{passages}\n\n{question}")
model = ChatOpenAI(model="gpt-4o-mini", temperature=0)


def answer(question, history):
    passages = store.similarity_search(question, k=5)
    text = "\n\n".join(passage.page_content for passage in passages)
    return (prompt | model).invoke({"passages": text, "question": question}).content


gr.ChatInterface(answer, title="Ask the handbook").launch()
